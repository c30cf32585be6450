import type { Call } from '../../call/call.ts'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { hostNames } from '../../graph/host-names.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { LaneCore } from '../lane/lane-core.ts'
import { EndpointListener } from './endpoint-listener.ts'

/** Port on which the door listens in the lane's network. */
const doorPort = 8080

/** A name in a lane's network under which programs on it reach a port of this machine. */
export interface OpenDoor {
  /** Host name in the lane's network. */
  readonly host: string
  /** `http://<host>:<port>` in the lane's network. */
  readonly url: string
}

interface Standing extends OpenDoor {
  readonly container: string
  readonly listener: EndpointListener
}

/**
 * Lets programs on the lane's network reach one port of this machine, by a relay in a container of its own. Nothing is
 * published and no route is needed. It is not a service: resets keep it, so the caller of a reset keeps its connection.
 */
export class LaneDoor {
  readonly #lane: LaneCore
  #standing: Promise<Standing> | undefined
  #closing: Promise<void> = Promise.resolve()
  #made = 0

  constructor(lane: LaneCore) {
    this.#lane = lane
  }

  /** Its name in the lane's network; `undefined` while it is closed. */
  get host(): Promise<string | undefined> {
    return (this.#standing ?? Promise.resolve(undefined)).then(
      (standing) => standing?.host,
      () => undefined,
    )
  }

  /** Resolves once connections reach the port; opens one door, however often it is called. */
  async open(to: number, call: Call): Promise<OpenDoor> {
    this.#standing ??= this.#open(to, call)
    const opening = this.#standing
    try {
      const { host, url } = await opening
      return { host, url }
    } catch (error) {
      if (this.#standing === opening) this.#standing = undefined
      throw error
    }
  }

  /** Attaches it to the lane's network, which is a new one. */
  async attach(): Promise<void> {
    const standing = await this.#standing
    const { network } = this.#lane.group.members
    if (standing === undefined || network === undefined) return
    const { container, host } = standing
    await this.#lane.context.runtime.attach({ container, network, aliases: [host] })
  }

  /** Detaches it, so that the network can be removed. */
  async detach(): Promise<void> {
    const standing = await this.#standing
    const { network } = this.#lane.group.members
    if (standing === undefined || network === undefined) return
    await this.#lane.context.runtime.detach({ container: standing.container, network })
  }

  /** Resolves when its container is removed; a no-op if it is not open. */
  close(): Promise<void> {
    const standing = this.#standing
    this.#standing = undefined
    if (standing !== undefined)
      this.#closing = standing.then(
        ({ container, listener }) => this.#end(container, listener),
        // It did not open, which its caller knows.
        () => undefined,
      )
    return this.#closing
  }

  // ---

  async #open(to: number, call: Call): Promise<Standing> {
    // Two doors at once would have the same name.
    await this.#closing
    const { name: lane, context, group, spec } = this.#lane
    const { network } = group.members
    if (network === undefined) throw noNetwork(lane)
    const { runtime } = context
    const taken = hostNames(spec.complete)
    const host = names.find((name) => !taken.includes(name)) ?? `${names[0]}-${lane}`
    const image = await requireAbility(runtime, 'relayImage')()
    const container = await context.limit(() =>
      runtime.create({
        name: `mesocosm-${context.run.slice(-6)}-${lane}-door-${++this.#made}`,
        image: image.reference,
        labels: { ...context.labels, [label.lane]: lane, [label.role]: 'relay' },
        network: { kind: 'own', network, aliases: [host] },
      }),
    )
    try {
      await context.limit(() => runtime.start(container))
      call.assertOpen()
    } catch (error) {
      await this.#remove(container, error)
      throw error
    }
    const listener = new EndpointListener(context, {
      lane,
      service: host,
      port: 'http',
      number: doorPort,
      to,
      test: false,
      container: () => Promise.resolve(container),
      nameOf: (address) => address,
    })
    try {
      await listener.ready(call)
    } catch (error) {
      await listener.close()
      await this.#remove(container, error)
      throw error
    }
    return { host, url: `http://${host}:${doorPort}`, container, listener }
  }

  async #end(container: string, listener: EndpointListener): Promise<void> {
    await listener.close()
    await this.#lane.context.runtime.remove('container', container)
  }

  /** The end of the run removes what could not be removed here. */
  async #remove(container: string, error: unknown): Promise<void> {
    const { runtime } = this.#lane.context
    await runtime
      .remove('container', container)
      .catch((second: unknown) => attachSecondary(error, second))
  }
}

// ---

/** The first one that no service has. */
const names = ['mesocosm', 'mesocosm-control', 'mesocosm-control-api'] as const

const noNetwork = (lane: string) =>
  new MesocosmError({
    code: 'SERVICE_NOT_STARTED',
    message: `lane ${lane} has no network yet, because none of its services was started`,
    remedy: 'start a service of the lane first',
    facts: { lane },
  })
