import type { Call } from '../../call/call.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import { own } from '../../model/record.ts'
import type { LaneCore } from '../lane/lane-core.ts'
import { outputsInside } from '../lane/outputs-inside.ts'
import { runningProgram } from '../lane/running-program.ts'
import { EndpointListener } from './endpoint-listener.ts'

/** What a test asks for: an endpoint, one of its ports (default the first), and the port on which it answers. */
export interface ListenRequest {
  readonly service: string
  readonly port?: string | undefined
  readonly to: number
}

interface Open {
  readonly key: string
  readonly listener: EndpointListener
  /** Resolves when the port is free; set once it is being closed. */
  closing?: Promise<void>
}

/** The tests that listen at a lane's endpoints. */
export class LaneEndpoints {
  readonly #lane: LaneCore
  readonly #listeners = new Map<number, Open>()
  #made = 0

  constructor(lane: LaneCore) {
    this.#lane = lane
  }

  /** Resolves once connections to the endpoint reach the test. */
  async listen(
    { service, port: asked, to }: ListenRequest,
    call: Call,
  ): Promise<{ readonly id: number; readonly url: string }> {
    const { name: lane, context, spec } = this.#lane
    const { endpoint, ports = {} } = spec.known(service)
    const names = Object.keys(ports)
    if (endpoint === undefined) throw notAnEndpoint(service, lane)
    const port = asked ?? names[0] ?? ''
    const declared = own(ports, port)
    if (declared === undefined) throw unknownPort(service, port, names)
    const key = `${service}.${port}`
    const former = [...this.#listeners.values()].find((one) => one.key === key)
    if (former !== undefined && former.closing === undefined) throw inUse(key, lane)
    // The client before may have given the lane back a moment ago.
    await former?.closing
    const where = { service, lane }
    const listener = new EndpointListener(context, {
      lane,
      service,
      port,
      number: declared.port,
      to,
      test: call.test,
      container: async () => (await runningProgram(where, this.#lane.slot(service).member)).id,
      nameOf: (address) => this.#nameOf(address),
    })
    this.#made += 1
    const id = this.#made
    this.#listeners.set(id, { key, listener })
    try {
      await listener.ready(call)
    } catch (error) {
      await this.unlisten(id)
      throw error
    }
    return { id, url: outputsInside(this.#lane, service)[`${port}.url`] ?? '' }
  }

  /** Resolves when the port is free; a no-op for one that was closed. */
  async unlisten(id: number): Promise<void> {
    const found = this.#listeners.get(id)
    if (found === undefined) return
    found.closing ??= found.listener.close().finally(() => this.#listeners.delete(id))
    await found.closing
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((id) => this.unlisten(id)))
  }

  #nameOf(address: string): string {
    const { group, shared, context } = this.#lane
    // All of them have the same address.
    if (context.info.processes) return address
    const members = [...group.members.all(), ...shared.group.members.all()]
    const found = members.find(({ sandbox }) =>
      Object.values(sandbox?.state.addresses ?? {}).includes(address),
    )
    return found?.name ?? address
  }
}

// ---

const notAnEndpoint = (service: string, lane: string) =>
  new MesocosmError({
    code: 'SERVICE_IN_USE',
    message: `${service} has a program of its own, so a test cannot listen in its place`,
    remedy: `declare an endpoint in the topology: ${service}: testEndpoint()`,
    facts: { service, lane },
  })

const unknownPort = (service: string, port: string, names: readonly string[]) =>
  new MesocosmError({
    code: 'SERVICE_UNKNOWN',
    message: `unknown port "${port}" of ${service}${didYouMean(port, names)}`,
    remedy: `use one of its ports: ${names.join(', ')}`,
    facts: { service, port, ports: names },
  })

const inUse = (key: string, lane: string) =>
  new MesocosmError({
    code: 'SERVICE_IN_USE',
    message: `a test listens at ${key} of lane ${lane} already`,
    remedy: 'dispose that listener first: `await using server = await lane.listen(…)`',
    facts: { endpoint: key, lane },
  })
