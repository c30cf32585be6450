import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { NetworkAttachment, NetworkSpec } from '../network-spec.ts'
import type { MemoryContainer } from './container.ts'
import type { Namespace } from './namespace.ts'

interface Network extends NetworkSpec {
  readonly id: string
  /** Third part of its addresses. */
  readonly number: number
  readonly createdMs: number
  /** Addresses given so far. */
  given: number
}

/** Creates the networks of the in-memory runtime: their members, and names of members. */
export const createMemoryNetworks = (containers: ReadonlyMap<string, MemoryContainer>) => {
  const networks = new Map<string, Network>()
  const count = { value: 0 }

  const members = (network: string) =>
    [...containers.values()].filter(
      ({ spec, surroundings: { namespace }, state }) =>
        spec.network.kind === 'own' &&
        namespace.links.has(network) &&
        ['running', 'paused'].includes(state().status),
    )

  /** The member of a network that another member knows by this name or address. */
  const find = (
    from: Namespace,
    name: string,
  ): { namespace: Namespace; address: string } | undefined => {
    for (const network of from.links.keys()) {
      for (const {
        spec,
        surroundings: { namespace },
      } of members(network)) {
        const link = namespace.links.get(network)
        if (link === undefined) continue
        if (link.aliases.includes(name) || spec.name === name || link.address === name) {
          return { namespace, address: link.address }
        }
      }
    }
    return undefined
  }

  const join = (namespace: Namespace, id: string, aliases: readonly string[]): void => {
    const network = networks.get(id)
    if (network === undefined) throw networkMissing(id)
    if (namespace.links.has(id)) return
    network.given += 1
    namespace.links.set(id, { address: `10.255.${network.number}.${network.given + 1}`, aliases })
  }

  return {
    all: () => networks.values(),
    find,
    join,
    create: (spec: NetworkSpec): string => {
      count.value += 1
      const id = `network-${count.value}`
      networks.set(id, { ...spec, id, number: count.value % 256, given: 0, createdMs: Date.now() })
      return id
    },
    remove: (id: string): void => {
      networks.delete(id)
      for (const { surroundings } of containers.values()) surroundings.namespace.links.delete(id)
    },
    attach: ({ container, network, aliases }: NetworkAttachment): void => {
      const namespace = containers.get(container)?.surroundings.namespace
      if (namespace === undefined) throw containerMissing(container)
      join(namespace, network, aliases)
    },
    detach: ({ container, network }: Pick<NetworkAttachment, 'container' | 'network'>): void => {
      containers.get(container)?.surroundings.namespace.links.delete(network)
    },
  }
}

// ---

const networkMissing = (id: string): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `network ${id} is missing`,
    remedy: 'create it first',
    facts: { network: id },
  })

const containerMissing = (id: string): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_NOT_RUNNING',
    message: `container ${id} is missing`,
    remedy: 'create it first',
    facts: { container: id },
  })
