import { attachSecondary } from '../../errors/attach-secondary.ts'
import { createRelayClient, type RelayClient } from '../../relay/client.ts'
import type { RelayConnection } from '../../relay/connection.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { EngineResources, RunContext } from '../run/context.ts'

/** The network of a service: its sandbox container, and whose it is. */
export interface TunnelPlace {
  /** Group of the service: its lane, or that of the servers that lanes share. */
  readonly lane: string
  readonly service: string
  /** Id of the sandbox container. */
  readonly sandbox: string
}

/** Tunnels into the networks of services. Nothing is published, and no route to the engine is needed. */
export interface Tunnels {
  /** Returns the relay container in the network of a service: made when it is first needed, and again if it has ended. */
  relayIn(place: TunnelPlace): Promise<string>
  /**
   * Connects to a port as the program of the service would, at 127.0.0.1.
   *
   * @throws an error with the `errno` of the relay's system, such as 111 for a port at which nothing listens.
   */
  connect(place: TunnelPlace, port: number): Promise<RelayConnection>
  /** Removes the relay of a sandbox, which some engines do not remove before; a no-op if it has none. */
  leave(sandbox: string): Promise<void>
}

/** Creates the tunnels of a run. What is left of them has the labels of the run, and is removed with it. */
export const createTunnels = (
  context: Pick<RunContext & EngineResources, 'runtime' | 'limit' | 'run' | 'labels'>,
): Tunnels => {
  const { runtime, limit, run, labels } = context
  const relays = new Map<string, Promise<string>>()
  const clients = new Map<string, Promise<RelayClient>>()
  /** Sandboxes that are being removed: a relay made now would keep their network. */
  const left = new Set<string>()
  const state = { made: 0 }

  const make = async ({ lane, service, sandbox }: TunnelPlace): Promise<string> => {
    if (left.has(sandbox)) throw new Error(`the network of ${service} is being removed`)
    const image = await requireAbility(runtime, 'relayImage')()
    state.made += 1
    const name = `mesocosm-${run.slice(-6)}-${lane}-${service}-relay-${state.made}`
    const id = await limit(() =>
      runtime.create({
        name,
        image: image.reference,
        labels: {
          ...labels,
          [label.lane]: lane,
          [label.service]: service,
          [label.role]: 'relay',
        },
        network: { kind: 'joined', container: sandbox },
      }),
    )
    try {
      await limit(() => runtime.start(id))
    } catch (error) {
      await runtime
        .remove('container', id)
        .catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
    return id
  }

  /** Keeps what is being made, unless it fails or was forgotten meanwhile. */
  const kept = <T>(map: Map<string, Promise<T>>, key: string, create: () => Promise<T>) => {
    const known = map.get(key)
    if (known !== undefined) return known
    const made = create()
    map.set(key, made)
    made.catch(() => forget(map, key, made))
    return made
  }

  const relayIn = async (place: TunnelPlace): Promise<string> => {
    const making = kept(relays, place.sandbox, () => make(place))
    const id = await making
    if ((await runtime.inspect(id))?.status === 'running') return id
    forget(relays, place.sandbox, making)
    await runtime.remove('container', id)
    return kept(relays, place.sandbox, () => make(place))
  }

  const clientIn = (place: TunnelPlace): Promise<RelayClient> => {
    const opening = kept(clients, place.sandbox, async () => {
      const relay = await relayIn(place)
      const client = createRelayClient(await requireAbility(runtime, 'relay')(relay))
      void client.ended.then(() => forget(clients, place.sandbox, opening))
      return client
    })
    return opening
  }

  return {
    relayIn,
    connect: async (place, port) => (await clientIn(place)).connect('127.0.0.1', port),
    async leave(sandbox) {
      left.add(sandbox)
      const relay = relays.get(sandbox)
      const client = clients.get(sandbox)
      relays.delete(sandbox)
      clients.delete(sandbox)
      // One that could not be made or opened has been reported to its caller.
      const [opened, made] = await Promise.allSettled([client, relay])
      if (opened.status === 'fulfilled') await opened.value?.[Symbol.asyncDispose]()
      if (made.status === 'fulfilled' && made.value !== undefined)
        await runtime.remove('container', made.value)
    },
  }
}

// ---

const forget = <T>(map: Map<string, Promise<T>>, key: string, made: Promise<T>): void => {
  if (map.get(key) === made) map.delete(key)
}
