import type { Address } from '../model/endpoint.ts'
import type { ObservedService, PlaceConfig } from '../plan/desired.ts'
import type { ContainerState, RuntimeEvent } from '../runtime/runtime.ts'
import type { EngineContext } from './context.ts'
import type { Program } from './program.ts'

/** The container that keeps a service's place on the network. */
export interface Holder {
  readonly id: string
  readonly hash: string
  readonly config: PlaceConfig
  connected: boolean
  state: ContainerState
}

/** What is there of one service. */
export class Member {
  readonly name: string
  holder: Holder | undefined
  /** The newest program, the one that is meant when the service is. */
  program: Program | undefined
  /** Programs on their way out. */
  readonly outgoing = new Map<string, Program>()
  readonly #context: EngineContext

  constructor(context: EngineContext, name: string) {
    this.#context = context
    this.name = name
  }

  observed(): ObservedService {
    const { holder, program } = this
    return {
      holder,
      program: program?.observed(),
      outgoing: [...this.outgoing.keys()],
    }
  }

  published(port: number, protocol = 'tcp'): Address | undefined {
    const number = this.holder?.state.published[`${port}/${protocol}`]
    return number === undefined ? undefined : { host: this.#context.info.host, port: number }
  }

  /** By the service's own address, where this process has a route to it. */
  direct(port: number): Address | undefined {
    if (!this.#context.info.directRoute) return undefined
    const host = Object.values(this.holder?.state.addresses ?? {})[0]
    return host === undefined ? undefined : { host, port }
  }

  programOf(container: string): Program | undefined {
    return this.program?.id === container ? this.program : this.outgoing.get(container)
  }
}

/** All services of a group, and the network they live on. */
export class GroupMembers {
  readonly group: string
  readonly topology: string
  /** Calls off every wait when the group is removed. */
  readonly abort = new AbortController()
  network: string | undefined
  /** Resolves with the network's id; anew after each removal. */
  readonly #networkReady = Promise.withResolvers<string>()
  readonly #members = new Map<string, Member>()
  readonly #context: EngineContext
  #made = 0

  constructor(context: EngineContext, group: string, topology: string) {
    this.#context = context
    this.group = group
    this.topology = topology
  }

  get networkReady(): Promise<string> {
    return this.#networkReady.promise
  }

  setNetwork(id: string): void {
    this.network = id
    this.#networkReady.resolve(id)
  }

  get(service: string): Member | undefined {
    return this.#members.get(service)
  }

  /** The member, made when it is new. */
  of(service: string): Member {
    let member = this.#members.get(service)
    if (member === undefined) {
      member = new Member(this.#context, service)
      this.#members.set(service, member)
    }
    return member
  }

  all(): readonly Member[] {
    return [...this.#members.values()].filter((member) => member.holder !== undefined || member.program !== undefined)
  }

  /** A container name that nobody else uses and a person can read. */
  containerName(service: string, role: 'holder' | 'program'): string {
    const made = ++this.#made
    return `mesocosm-${this.#context.run.slice(-6)}-${this.group}-${service}-${role === 'holder' ? 'place' : made}`
  }

  onEvent(event: RuntimeEvent): void {
    if (!('container' in event)) return
    for (const member of this.#members.values()) {
      const program = member.programOf(event.container)
      if (program === undefined) continue
      this.#context.record.events.write('svc.state', {
        l: this.group,
        s: member.name,
        state: event.kind,
        container: event.container.slice(0, 12),
        ...('exitCode' in event ? { exitCode: event.exitCode } : {}),
      })
      if (event.kind !== 'exited') return
      const expected = program.stopping
      void program.onExit(event.exitCode).then(() => {
        if (expected || program !== member.program) return
        this.#context.progress({
          kind: 'service',
          lane: this.group,
          service: member.name,
          state: 'exited',
          detail: `exit code ${event.exitCode}`,
        })
      })
      return
    }
  }

  closeLogs(): void {
    for (const member of this.#members.values()) {
      member.program?.close()
      for (const program of member.outgoing.values()) program.close()
    }
  }
}
