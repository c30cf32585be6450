import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { LinkChange, NetworkSpec } from '../../runtime/runtime.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError, hasStatus } from '../api/errors.ts'
import { hostRanges } from './host-ranges.ts'
import { subnets } from './subnets.ts'

const maxTries = 256

/** Creates networks, each with a subnet of its own, so that the engine's few default ranges are not used up. */
export const createNetworks = (api: EngineApi) => {
  const seed = process.pid * 7_919 + Math.floor(Math.random() * 2 ** 20)
  const avoid = hostRanges()
  const bySize = new Map<number, Generator<string>>()

  /** Goes on where the last network of that size was placed. */
  const nextSubnet = (size: number): string | undefined => {
    const known = bySize.get(size) ?? subnets(size, seed, avoid)
    bySize.set(size, known)
    return known.next().value as string | undefined
  }

  return async (spec: NetworkSpec): Promise<string> => {
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
        if (!/overlap/i.test(detailOf(error))) {
          throw engineError(error, `The network ${spec.name} could not be created`)
        }
      }
    }
    throw exhausted(spec)
  }
}

/** Puts a container on a network or takes it off; what holds already is fine. */
export const changeLink = async (api: EngineApi, change: LinkChange): Promise<void> => {
  const path = `/networks/${segment(change.network)}/${change.kind}`
  try {
    if (change.kind === 'connect') {
      const EndpointConfig = { Aliases: change.aliases }
      await api.json('POST', path, { body: { Container: change.container, EndpointConfig } })
    } else {
      await api.json('POST', path, { body: { Container: change.container, Force: true } })
    }
  } catch (error) {
    if (change.kind === 'connect' && /already exists in network/i.test(detailOf(error))) return
    if (change.kind === 'disconnect' && isOff(error)) return
    throw engineError(error, `The container could not be ${change.kind}ed`, {
      network: change.network,
    })
  }
}

// A container or network that is gone is off the network, too.
const isOff = (error: unknown): boolean =>
  hasStatus(error, 404) || /is not connected to/i.test(detailOf(error))

const exhausted = (spec: NetworkSpec): MesocosmError =>
  new MesocosmError({
    code: 'ADDRESS_POOL_EXHAUSTED',
    message: `No free subnet was found for the network ${spec.name}`,
    remedy: 'Remove networks that are not needed any more (`docker network ls`, `mesocosm gc`).',
    facts: { network: spec.name, size: spec.size },
  })
