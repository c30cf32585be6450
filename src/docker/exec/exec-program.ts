import { type EngineApi, segment } from '../api/engine-api.ts'
import { tarOf } from '../api/tar.ts'
import { forArchitecture } from '../program/for-architecture.ts'
import { execBinary } from './exec-binary.ts'

/** Path in a container of the program that runs and kills programs in it; see `program/exec.c`. */
export const execPath = '/.mesocosm-exec'

/**
 * Returns the program that runs and kills programs in containers. It needs nothing of an image, not even a shell.
 *
 * @param architecture as in image names: `amd64`, `arm64`.
 * @throws {MesocosmError} `ENGINE_FAILED` for any other.
 */
export const execProgram = (architecture: string): Buffer =>
  Buffer.from(forArchitecture(execBinary, architecture), 'base64')

/** Puts the program into containers, once into each. */
export interface ExecPrograms {
  /** Resolves when the container has the program. */
  place(container: string): Promise<void>
  /** Forgets a removed container. */
  forget(container: string): void
}

/** @param architecture that of the engine. */
export const createExecPrograms = (
  api: EngineApi,
  architecture: () => Promise<string>,
): ExecPrograms => {
  const placed = new Map<string, Promise<void>>()

  const put = async (container: string): Promise<void> => {
    const bytes = execProgram(await architecture())
    await api.json('PUT', `/containers/${segment(container)}/archive`, {
      query: { path: '/' },
      file: tarOf([{ name: execPath.slice(1), mode: 0o755, content: { kind: 'bytes', bytes } }]),
    })
  }

  return {
    place(container) {
      const started =
        placed.get(container) ??
        put(container).catch((error: unknown) => {
          placed.delete(container)
          throw error
        })
      placed.set(container, started)
      return started
    },
    forget: (container) => void placed.delete(container),
  }
}
