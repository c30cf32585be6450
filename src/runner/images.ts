import { compile } from '../client/lane/compile.ts'
import { acquireSession } from '../client/session/session-pool.ts'
import type { AnyTopology } from '../define/topology.ts'
import { namingOption } from './refusals.ts'

/** Images of a topology's services, pulled or built before tests need them. */
export interface RunnerImages {
  /** Never rejects. */
  prepare(services: readonly string[]): Promise<void>
  /** Throws what the preparation of this service's image failed with. */
  assertPrepared(service: string): void
}

/** Creates the images of a topology; nothing is connected before the first call. */
export const createImages = (
  topology: AnyTopology,
  {
    root,
    client,
    timeoutMs,
  }: { readonly root: string; readonly client: string; readonly timeoutMs: number },
): RunnerImages => {
  const failures = new Map<string, unknown>()
  const prepareAll = async (services: readonly string[]) => {
    const spec = await compile(topology)
    const { session, release } = await acquireSession(root, client)
    try {
      await Promise.all(
        services.map(async (service) => {
          const what = `the pull or build of the images for ${service}`
          try {
            await session.caller.call('images', { spec, services: [service] }, { timeoutMs, what })
            failures.delete(service)
          } catch (error) {
            failures.set(service, namingOption(error, 'imagesTimeoutMs'))
          }
        }),
      )
    } finally {
      release()
    }
  }
  return {
    async prepare(services) {
      if (services.length === 0) return
      // A topology or an engine that cannot be used is reported by the first lease.
      await prepareAll(services).catch(() => undefined)
    },
    assertPrepared(service) {
      if (failures.has(service)) throw failures.get(service)
    },
  }
}
