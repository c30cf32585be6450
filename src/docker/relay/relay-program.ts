import { forArchitecture } from '../program/for-architecture.ts'
import { relayBinary } from './relay-binary.ts'

/**
 * Returns the program that carries connections between a lane's network and this process; see `program/relay.c`.
 *
 * @param architecture as in image names: `amd64`, `arm64`.
 * @throws {MesocosmError} `ENGINE_FAILED` for any other.
 */
export const relayProgram = (architecture: string): Buffer =>
  Buffer.from(forArchitecture(relayBinary, architecture), 'base64')
