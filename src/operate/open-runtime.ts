import type { Runtime } from '../runtime/runtime.ts'

/**
 * The engine, loaded when it is needed.
 *
 * In a file of its own, apart from `await using`: beside it, the compiler (7.0.2) leaves the `.ts` of an `import()`
 * as it is. `test/built.test.ts` looks for such leftovers.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`
 */
export const openRuntime = async (): Promise<Runtime> =>
  (await import('../docker/docker-runtime.ts')).createDockerRuntime()
