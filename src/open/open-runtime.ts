import type { Runtime } from '../runtime/runtime.ts'

/**
 * Opens the runtime that runs are made on: the container engine found on this machine, with processes of this machine
 * in its sandboxes. The only place that names an implementation, which is loaded when it is needed.
 *
 * In a file without `await using`: next to it, the compiler (7.0.2) keeps the `.ts` of an `import()`.
 * `test/built.test.ts` looks for such leftovers.
 *
 * @param options.turnsFolder folder of this user alone, where processes wait for builds of each other. Default none.
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`
 */
export const openRuntime = async (
  options: { readonly turnsFolder?: string } = {},
): Promise<Runtime> => {
  const [{ createDockerRuntime }, { openHybrid }] = await Promise.all([
    import('../docker/docker-runtime.ts'),
    import('../local/hybrid/open-hybrid.ts'),
  ])
  return openHybrid(await createDockerRuntime(options))
}
