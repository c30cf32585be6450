import type { Runtime } from '../runtime/runtime.ts'

/**
 * Opens the runtime that runs are made on: the container engine found on this machine. The only place that
 * names an implementation, which is loaded when it is needed.
 *
 * In a file without `await using`: next to it, the compiler (7.0.2) keeps the `.ts` of an `import()`.
 * `test/built.test.ts` looks for such leftovers.
 *
 * @param options.turnsFolder folder of this user alone, where processes wait for builds of each other. Default none.
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`
 */
export const openRuntime = async (
  options: { readonly turnsFolder?: string } = {},
): Promise<Runtime> => (await import('../docker/docker-runtime.ts')).createDockerRuntime(options)
