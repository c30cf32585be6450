import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { NetworkSpec } from '../../runtime/network-spec.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { says } from '../api/engine-words.ts'
import { engineError } from '../api/errors.ts'
import type { Unanswered } from '../container/unanswered.ts'
import { hostRanges } from './host-ranges.ts'
import { createSubnetWalk } from './subnets.ts'

const maxTries = 256

/**
 * Returns a function that creates networks, each with a subnet that Mesocosm picks, so that the engine's few
 * default ranges are not used up; see `Runtime.createNetwork`.
 */
export const networkCreator = (api: EngineApi, unanswered: Unanswered) => {
  const seed = process.pid * 7_919 + Math.floor(Math.random() * 2 ** 20)
  const nextSubnet = createSubnetWalk(seed, hostRanges())

  return async (spec: NetworkSpec): Promise<string> => {
    await unanswered.gone('network', spec.name)
    for (let tries = 0; tries < maxTries; tries++) {
      const subnet = nextSubnet(spec.size)
      if (subnet === undefined) break
      try {
        const { Id: id } = await api.json<{ Id: string }>('POST', '/networks/create', {
          body: {
            Name: spec.name,
            CheckDuplicate: true,
            Driver: 'bridge',
            Labels: spec.labels,
            IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
          },
        })
        return id
      } catch (error) {
        if (!says('subnet taken', error)) {
          unanswered.remove('network', spec.name, error)
          throw engineError(error, `network ${spec.name} could not be created`)
        }
      }
    }
    throw exhausted(spec)
  }
}

// ---

const exhausted = (spec: NetworkSpec): MesocosmError =>
  new MesocosmError({
    code: 'ADDRESS_POOL_EXHAUSTED',
    message: `network ${spec.name} could not be created: no free subnet was found`,
    remedy: 'remove unused networks (`docker network ls`, `mesocosm gc`)',
    facts: { network: spec.name, size: spec.size },
  })
