import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** Options of {@link openRuntime}. */
export interface OpenOptions {
  /** Folder of this user alone, where processes wait for builds of each other. Default none. */
  readonly turnsFolder?: string
  /** Where `MESOCOSM_RUNTIME` is read; default the environment of this process. */
  readonly env?: NodeJS.ProcessEnv
}

/** Runtimes by their names in `MESOCOSM_RUNTIME`. */
export const runtimeNames = ['docker', 'local'] as const

/**
 * Opens the runtime that runs are made on: the container engine found on this machine, with processes of this machine
 * in its sandboxes; or, with `MESOCOSM_RUNTIME=local`, such processes alone. The only place that names an implementation,
 * which is loaded when it is needed.
 *
 * In a file without `await using`: next to it, the compiler (7.0.2) keeps the `.ts` of an `import()`.
 * `test/built.test.ts` looks for such leftovers.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`; `ARGUMENT_INVALID` for a runtime that does not exist.
 */
export const openRuntime = async ({
  env = process.env,
  ...options
}: OpenOptions = {}): Promise<Runtime> => {
  const name = runtimeOf(env)
  if (name === 'local') {
    const { createLocalRuntime } = await import('../local/local-runtime.ts')
    return createLocalRuntime({ foundBy: variable })
  }
  const [{ createDockerRuntime }, { openHybrid }] = await Promise.all([
    import('../docker/docker-runtime.ts'),
    import('../local/hybrid/open-hybrid.ts'),
  ])
  return openHybrid(await createDockerRuntime(options))
}

/**
 * Returns which runtime the environment asks for; default `docker`.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` for one that does not exist.
 */
export const runtimeOf = (env: NodeJS.ProcessEnv): (typeof runtimeNames)[number] => {
  const asked = env[variable]
  const name = asked === undefined || asked === '' ? 'docker' : asked
  const found = runtimeNames.find((known) => known === name)
  if (found !== undefined) return found
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `${variable} is ${JSON.stringify(name)}, which is not a runtime${didYouMean(name, runtimeNames)}`,
    remedy: `set ${variable} to ${runtimeNames.join(' or ')}, or unset it`,
    facts: { value: name, allowed: runtimeNames },
  })
}

// ---

const variable = 'MESOCOSM_RUNTIME'
