import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { LinkChange, NetworkSpec } from '../runtime.ts'
import type { MemoryContainer } from './container.ts'
import type { Place } from './place.ts'

interface Network extends NetworkSpec {
  readonly id: string
  /** Third part of its addresses. */
  readonly number: number
  made: number
}

/** Networks: who is on which, under which names. */
export const createMemoryNetworks = (containers: ReadonlyMap<string, MemoryContainer>) => {
  const networks = new Map<string, Network>()
  const count = { value: 0 }

  const members = (network: string) =>
    [...containers.values()].filter(
      ({ spec, around, state }) =>
        spec.network.kind === 'own' &&
        around.place.links.has(network) &&
        ['running', 'paused'].includes(state().status),
    )

  /** The member of a network that one of its other members means by a name or an address. */
  const find = (from: Place, name: string): { place: Place; address: string } | undefined => {
    for (const network of from.links.keys()) {
      for (const { spec, around } of members(network)) {
        const link = around.place.links.get(network)
        if (link === undefined) continue
        if (link.aliases.includes(name) || spec.name === name || link.address === name) {
          return { place: around.place, address: link.address }
        }
      }
    }
    return undefined
  }

  const join = (place: Place, id: string, aliases: readonly string[]): void => {
    const network = networks.get(id)
    if (network === undefined) throw unknown(id)
    if (place.links.has(id)) return
    network.made += 1
    place.links.set(id, { address: `10.255.${network.number}.${network.made + 1}`, aliases })
  }

  return {
    all: () => networks.values(),
    find,
    join,
    create: (spec: NetworkSpec): string => {
      count.value += 1
      const id = `network-${count.value}`
      networks.set(id, { ...spec, id, number: count.value % 256, made: 0 })
      return id
    },
    remove: (id: string): void => {
      networks.delete(id)
      for (const { around } of containers.values()) around.place.links.delete(id)
    },
    change: (change: LinkChange): void => {
      const place = containers.get(change.container)?.around.place
      if (change.kind === 'disconnect') place?.links.delete(change.network)
      else if (place === undefined) throw unknown(change.container)
      else join(place, change.network, change.aliases)
    },
  }
}

const unknown = (id: string): MesocosmError =>
  new MesocosmError({
    code: id.startsWith('network-') ? 'ENGINE_FAILED' : 'SERVICE_NOT_RUNNING',
    message: `There is no ${id}`,
    remedy: 'Create it first; someone may have removed it.',
    facts: { id },
  })
