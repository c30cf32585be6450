import { once } from 'node:events'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Call } from '../../call/call.ts'
import { connectsOutward, debugPortOf } from '../../debug/ports.ts'
import { preferredPorts } from '../../debug/preferred-ports.ts'
import { sourcesOf } from '../../debug/sources.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { DebugFacts } from '../../model/debug-facts.ts'
import type { LaneCore } from '../lane/lane-core.ts'
import { runningProgram } from '../lane/running-program.ts'
import type { ServiceControl } from '../lane/service-control.ts'
import type { EngineContext } from '../run/context.ts'
import { createFreePorts } from '../run/free-ports.ts'
import type { TunnelPlace } from '../tunnel/tunnels.ts'
import { DebugDoor, type DoorTarget } from './debug-door.ts'
import { IdeDoor } from './ide-door.ts'
import { openInspector } from './open-inspector.ts'

/** Where debuggers reach a service. */
export interface DebugPort extends DebugFacts {
  /** Whether no client has got it before. */
  readonly isNew: boolean
}

/** A way between a debugger on this machine and a service. */
interface Door {
  readonly port: number
  /** Takes another port of this machine from now on; only where the debugger of the program connects. */
  leadTo?(port: number): void
  /** Leads from this place to this machine; only where the debugger of the program connects. */
  arrive?(place: TunnelPlace): Promise<void>
  close(): Promise<void>
}

/** The debuggers of a lane's services. Their ports stay until the lane ends. */
export class LaneDebug {
  readonly #lane: LaneCore
  readonly #doors = new Map<string, Promise<Door>>()
  /** Services whose port a client knows. */
  readonly #announced = new Set<string>()
  #calls = 0

  constructor(lane: LaneCore) {
    this.#lane = lane
  }

  /** Returns a number for the request of one call. */
  nextCall(): number {
    return ++this.#calls
  }

  /**
   * Returns the port of this machine for debuggers of a service, which is opened once; the service is not changed.
   *
   * @param asked the port, if it is to be a certain one.
   * @throws {MesocosmError} `SERVICE_UNKNOWN`, `DEBUGGER_UNAVAILABLE`, `PORT_TAKEN`
   */
  async port(service: string, asked: number | undefined, call: Call): Promise<DebugPort> {
    const { name: lane } = this.#lane
    const number = this.#numberOf(service)
    const known = this.#doors.get(service)
    const opening = known ?? this.#openDoor(service, number, asked)
    if (known === undefined) {
      this.#doors.set(service, opening)
      opening.catch(() => this.#doors.delete(service))
    }
    const door = await opening
    if (asked !== undefined && door.leadTo !== undefined) {
      door.leadTo(asked)
      this.#lane.slot(service).overrides.debug.localPort = asked
    }
    const { port } = door
    if (this.#lane.slot(service).member?.program?.status === 'running')
      await door.arrive?.(this.#place(service))
    call.assertOpen()
    if (asked !== undefined && port !== asked) throw otherPort({ service, lane, port, asked })
    const isNew = !this.#announced.has(service)
    this.#announced.add(service)
    return { lane, service, host: '127.0.0.1', port, ...this.#factsOf(service), isNew }
  }

  /**
   * Lets debuggers reach these services, and no longer those of the lease before. What runs is changed by the start that
   * follows.
   *
   * @returns where, in the order of the names, as far as no client knows it.
   */
  async lease(services: readonly string[], call: Call): Promise<readonly DebugFacts[]> {
    const { spec } = this.#lane
    for (const name of services) this.#numberOf(name)
    for (const name of Object.keys(spec.services)) {
      const { overrides, shared } = this.#lane.slot(name)
      if (!services.includes(name)) overrides.debug.drop('lease')
      // A server of other lanes, too, is changed by a call.
      else if (!shared) overrides.debug.ask('lease', { break: false })
    }
    const facts: DebugFacts[] = []
    for (const name of services) {
      const { isNew, ...fact } = await this.port(name, undefined, call)
      if (isNew) facts.push(fact)
    }
    return facts
  }

  /** A client holds the lane: programs that are to wait for a debugger do so without a limit. */
  arrive(): void {
    for (const name of Object.keys(this.#lane.spec.complete))
      this.#lane.slot(name).overrides.debug.arrive()
  }

  /**
   * No client holds the lane: only a call, such as that of a person, still waits for a debugger without a limit.
   *
   * @param isLast whether no other lane is held, whose client may wait for a shared server.
   */
  leave(isLast: boolean): void {
    for (const name of Object.keys(this.#lane.spec.complete)) {
      const { overrides, shared } = this.#lane.slot(name)
      if (!shared || isLast) overrides.debug.leave()
    }
  }

  /** The same for servers that lanes share, which the lane has joined by now. */
  async leaseShared(
    services: readonly string[],
    control: ServiceControl,
    call: Call,
  ): Promise<void> {
    for (const name of services)
      if (this.#lane.spec.isShared(name)) await control.debug(name, 'lease', { break: false }, call)
  }

  /** Resolves when a program that is about to start finds the way to the IDE that it connects to. */
  async beforeStart(service: string): Promise<void> {
    const door = this.#isAsked(service) ? await this.#doors.get(service) : undefined
    // A process of this machine connects to the IDE itself.
    const { program } = this.#lane.slot(service).member ?? {}
    if (program?.config.local === undefined) await door?.arrive?.(this.#place(service))
  }

  /** Resolves when all ports are free and every debugger is disconnected. */
  async closeAll(): Promise<void> {
    const doors = [...this.#doors.values()]
    this.#doors.clear()
    const closing = doors.map(async (opening) => (await opening.catch(() => undefined))?.close())
    await Promise.all(closing)
  }

  // ---

  #numberOf(service: string): number {
    const { spec } = this.#lane
    const { debug } = spec.known(service)
    const number = debug === undefined ? undefined : debugPortOf(debug)
    if (number !== undefined) return number
    const others = Object.entries(spec.services).filter(([, one]) => one.debug !== undefined)
    throw notDebuggable(
      service,
      others.map(([name]) => name),
    )
  }

  #factsOf(service: string): Pick<DebugFacts, 'kind' | 'sources'> {
    const { spec } = this.#lane
    const { kind } = spec.known(service).debug ?? {}
    const { image } = spec.resolved(service) ?? {}
    const sources = sourcesOf(spec.known(service), image?.workdir)
    return {
      ...(kind === undefined ? {} : { kind }),
      ...(sources === undefined ? {} : { sources }),
    }
  }

  async #openDoor(service: string, number: number, asked: number | undefined): Promise<Door> {
    const { context, spec, name: lane } = this.#lane
    const { kind } = spec.known(service).debug ?? {}
    const { overrides } = this.#lane.slot(service)
    const watched = {
      lane,
      service,
      kind,
      test: () => this.#lane.group.members.test,
      resumed: () => this.#lane.slot(service).overrides.debug.wentOn(),
    }
    if (connectsOutward(kind)) {
      overrides.debug.localPort = asked ?? number
      return new IdeDoor(context, {
        ...watched,
        number,
        port: asked ?? number,
        isAsked: () => this.#isAsked(service),
      })
    }
    overrides.debug.localPort = await freePort(context)
    const target: DoorTarget = {
      ...watched,
      isAsked: () => this.#isAsked(service),
      connect: () => this.#connect(service, number),
      wake: kind === 'node' ? (signal) => this.#wake(service, signal) : undefined,
    }
    const usual = { lane, service, services: spec.services }
    return await DebugDoor.open(context, target, {
      preferred: preferredPorts(number, usual),
      fixed: asked,
    })
  }

  /** Connects to the debugger as the program's own network has it, or on this machine. */
  #connect(service: string, number: number): Promise<Duplex> {
    const { overrides, member } = this.#lane.slot(service)
    return member?.program?.config.local === undefined
      ? this.#lane.context.tunnels.connect(this.#place(service), number)
      : connectHere(overrides.debug.localPort ?? number)
  }

  #isAsked(service: string): boolean {
    return this.#lane.slot(service).overrides.debug.current !== undefined
  }

  async #wake(service: string, signal: AbortSignal): Promise<void> {
    const { overrides, member } = this.#lane.slot(service)
    // It opens the inspector itself.
    if (overrides.debug.current?.break !== false || member?.program?.config.local) return
    const program = await runningProgram({ service, lane: this.#lane.name }, member)
    await openInspector(this.#lane.context.runtime, { service, container: program.id }, signal)
  }

  #place(service: string): TunnelPlace {
    const { member, key, shared } = this.#lane.slot(service)
    const sandbox = member?.sandbox?.id
    if (sandbox === undefined) throw new Error('it does not run')
    const lane = shared ? this.#lane.shared.group.name : this.#lane.name
    return { lane, service: key, sandbox }
  }
}

// ---

const connectHere = async (port: number): Promise<Duplex> => {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Returns a port that is free now; the process takes it a moment later. */
const freePort = async ({ freePorts }: EngineContext): Promise<number> =>
  (await (freePorts ?? createFreePorts('127.0.0.1')).pick(1))[0] ?? 0

const notDebuggable = (service: string, others: readonly string[]) =>
  new MesocosmError({
    code: 'DEBUGGER_UNAVAILABLE',
    message: `${service} cannot be debugged: it has no \`debug\` in the topology`,
    remedy: `set debug of ${service} to the language of its program: debug: 'node'${
      others.length === 0 ? '' : `; services with debug: ${others.join(', ')}`
    }`,
    facts: { service, services: others },
  })

const otherPort = (facts: {
  readonly service: string
  readonly lane: string
  readonly port: number
  readonly asked: number
}) =>
  new MesocosmError({
    code: 'SERVICE_IN_USE',
    message: `the debugger of ${facts.service} is at port ${facts.port} already`,
    remedy: `use port ${facts.port}, which stays until lane ${facts.lane} ends`,
    facts: { ...facts },
  })
