import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { Runtime, RuntimeAbilities } from './runtime.ts'

/**
 * Returns an optional method of a runtime, bound to it.
 *
 * @throws {MesocosmError} `RUNTIME_UNSUPPORTED` when the runtime lacks it.
 */
export const requireAbility = <Name extends keyof RuntimeAbilities>(
  runtime: Runtime,
  name: Name,
): RuntimeAbilities[Name] => {
  const method: Partial<RuntimeAbilities>[Name] = runtime[name]
  if (method === undefined) throw unsupported(name)
  return method.bind(runtime) as RuntimeAbilities[Name]
}

// ---

const unsupported = (ability: keyof RuntimeAbilities): MesocosmError => {
  const { what, remedy } = lacking[ability]
  return new MesocosmError({
    code: 'RUNTIME_UNSUPPORTED',
    message: `this runtime cannot ${what}`,
    remedy,
    facts: { ability },
  })
}

const lacking: Readonly<
  Record<keyof RuntimeAbilities, { readonly what: string; readonly remedy: string }>
> = {
  createSandbox: {
    what: 'give a service a network sandbox that outlives its program',
    remedy: 'use a container engine',
  },
  lease: {
    what: 'show others whether this process lives',
    remedy: 'use a container engine',
  },
  readModule: {
    what: 'read testcontainers modules',
    remedy:
      'declare the service with `image` or `build` instead of `from`, or use a container engine',
  },
  commit: {
    what: 'save a container as an image',
    remedy: 'remove `prebuild` from the service, or use a container engine',
  },
  relayImage: {
    what: 'let services reach the test',
    remedy: 'remove the endpoints of the topology, or use a container engine',
  },
  relay: {
    what: 'let services reach the test',
    remedy: 'remove the endpoints of the topology, or use a container engine',
  },
  startInteractive: {
    what: 'pass the input of a command through',
    remedy: 'run the command without --image and --in, or use a container engine',
  },
  clock: { what: 'say what time it is', remedy: 'use a container engine' },
  diagnose: { what: 'be checked', remedy: 'use a container engine' },
  describeImage: { what: 'describe images', remedy: 'use a container engine' },
  registryImage: { what: 'ask a registry about images', remedy: 'use a container engine' },
  baseImages: { what: 'return the base images of a build', remedy: 'use a container engine' },
  sandboxImage: { what: 'name the image of sandboxes', remedy: 'use a container engine' },
  saveImages: { what: 'save images to an archive', remedy: 'use a container engine' },
  loadImages: { what: 'load images from an archive', remedy: 'use a container engine' },
}
