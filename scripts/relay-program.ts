import { join } from 'node:path'
import { compileProgram } from './compile-program.ts'

/*
 * Compiles the program that carries connections between a lane and a test; run it after a change of its source. Needs
 * gcc and aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu).
 */

const folder = join(import.meta.dirname, '../src/docker/relay')
compileProgram({
  source: join(folder, 'program/relay.c'),
  into: join(folder, 'relay-binary.ts'),
  by: 'relay-program',
  name: 'relayBinary',
})
