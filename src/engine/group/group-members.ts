import type { CauseFields } from '../../call/call.ts'
import type { Address } from '../../model/endpoint.ts'
import type { ObservedService, SandboxConfig } from '../../plan/desired.ts'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import type { ContainerState } from '../../runtime/container-state.ts'
import type { Moments, Origin } from '../../trace/event/event.ts'
import type { EngineContext } from '../run/context.ts'
import type { EndCause, Program } from './program.ts'

/** The sandbox container of a service: it owns the network address, names and published ports. */
export interface Sandbox {
  readonly id: string
  /** Hash of its config; empty when it has exited, so that the next plan replaces it. */
  hash: string
  readonly config: SandboxConfig
  connected: boolean
  /** Whether another process has disconnected it since. */
  lost?: boolean
  state: ContainerState
}

/** Updates what is known of a sandbox. It keeps its ports while it is on no network, but engines do not list them then. */
export const noteState = (sandbox: Sandbox, state: ContainerState): void => {
  const isUp = state.status === 'running' || state.status === 'paused'
  const isHidden = isUp && Object.keys(state.published).length === 0
  sandbox.state = isHidden ? { ...state, published: sandbox.state.published } : state
}

/** The containers of one service. */
export class Member {
  readonly name: string
  sandbox: Sandbox | undefined
  /** The newest program; calls on the service go to it. */
  program: Program | undefined
  /** Replaced programs that are not removed yet. */
  readonly outgoing = new Map<string, Program>()
  readonly #context: EngineContext

  constructor(context: EngineContext, name: string) {
    this.#context = context
    this.name = name
  }

  observed(): ObservedService {
    const { sandbox, program } = this
    return {
      sandbox,
      program: program?.observed(),
      outgoing: [...this.outgoing.keys()],
    }
  }

  published(port: number, protocol = 'tcp'): Address | undefined {
    const number = this.sandbox?.state.published[`${port}/${protocol}`]
    return number === undefined ? undefined : { host: this.#context.info.host, port: number }
  }

  /** Returns the service's own address if this process has a route to it. */
  direct(port: number): Address | undefined {
    if (!this.#context.info.directRoute) return undefined
    const host = Object.values(this.sandbox?.state.addresses ?? {})[0]
    return host === undefined ? undefined : { host, port }
  }

  programOf(container: string): Program | undefined {
    return this.program?.id === container ? this.program : this.outgoing.get(container)
  }

  /** Forgets a removed container. Resolves when its last output is on disk. */
  async forget(container: string): Promise<void> {
    const program = this.programOf(container)
    if (this.sandbox?.id === container) this.sandbox = undefined
    if (this.program?.id === container) this.program = undefined
    this.outgoing.delete(container)
    await program?.close()
  }
}

/** All services of a group, and their network. */
export class GroupMembers {
  readonly group: string
  readonly topology: string
  /** Aborts every wait when the group is removed. */
  readonly abort = new AbortController()
  network: string | undefined
  /** The test that uses the group; events that no call caused are recorded with it. */
  test: string | undefined
  /** Called when the program of a member was started. */
  onStarted: (member: Member) => void = () => {}
  readonly #members = new Map<string, Member>()
  readonly #context: EngineContext
  #made = 0
  /** Programs of containers that we have removed, until the engine has said so. */
  readonly #removed = new Map<string, { readonly service: string; readonly program: Program }>()

  constructor(context: EngineContext, group: string, topology: string) {
    this.#context = context
    this.group = group
    this.topology = topology
  }

  get(service: string): Member | undefined {
    return this.#members.get(service)
  }

  /** Returns the member; creates it if it is new. */
  of(service: string): Member {
    let member = this.#members.get(service)
    if (member === undefined) {
      member = new Member(this.#context, service)
      this.#members.set(service, member)
    }
    return member
  }

  all(): readonly Member[] {
    return [...this.#members.values()].filter(
      ({ sandbox, program, outgoing }) =>
        sandbox !== undefined || program !== undefined || outgoing.size > 0,
    )
  }

  /** Returns a unique, readable container name. */
  containerName(service: string, role: 'sandbox' | 'program'): string {
    const last = role === 'sandbox' ? 'sandbox' : ++this.#made
    return `mesocosm-${this.#context.run.slice(-6)}-${this.group}-${service}-${last}`
  }

  onEvent(event: RuntimeEvent): void {
    if (!('container' in event)) return
    for (const member of this.#members.values()) {
      const program = member.programOf(event.container)
      if (program !== undefined) {
        if (event.kind === 'removed') this.#removed.delete(event.container)
        this.#onProgramEvent(member, program, event)
      } else if (member.sandbox?.id === event.container) onSandboxEvent(member, event)
      else {
        // We have removed it, and the engine says so only now.
        const removed = this.#removed.get(event.container)
        if (removed === undefined || member.name !== removed.service) continue
        if (event.kind === 'removed') this.#removed.delete(event.container)
        this.#noteState(member.name, removed.program, event)
      }
    }
  }

  /** Forgets a removed container; what the engine says of its program afterwards is still recorded. */
  async forget(service: string, container: string): Promise<void> {
    const member = this.get(service)
    const program = member?.programOf(container)
    if (program !== undefined) this.#removed.set(container, { service, program })
    await member?.forget(container)
  }

  // ---

  #onProgramEvent(member: Member, program: Program, event: ContainerEvent): void {
    this.#noteState(member.name, program, event)
    if (event.kind === 'health') program.onHealth()
    if (event.kind === 'out-of-memory') program.onOutOfMemory()
    if (event.kind === 'removed') void member.forget(event.container)
    if (event.kind !== 'exited') return
    void program.onExit(event.exitCode).then(() => {
      if (!program.crashed || program !== member.program) return
      this.#context.progress({
        kind: 'service',
        lane: this.group,
        service: member.name,
        state: 'exited',
        detail: `exit code ${event.exitCode}`,
      })
    })
  }

  #noteState(service: string, program: Program, event: ContainerEvent): void {
    const { clock, record } = this.#context
    const entry: Origin & Moments['svc.state'] = {
      ...(this.test === undefined ? {} : { x: this.test }),
      ...causeFields(program.cause),
      l: this.group,
      s: service,
      state: event.kind,
      container: event.container.slice(0, 12),
      ...('exitCode' in event ? { exitCode: event.exitCode, by: endOf(program, event) } : {}),
      ...('healthy' in event ? { healthy: event.healthy } : {}),
    }
    record.events.write('svc.state', entry, clock.toOwn(event.timeMs))
  }
}

type ContainerEvent = Extract<RuntimeEvent, { readonly container: string }>

/** Without its sandbox a service has no network, so the next plan recreates it. */
const onSandboxEvent = (member: Member, { kind, container }: ContainerEvent): void => {
  if (kind === 'exited' && member.sandbox !== undefined) member.sandbox.hash = ''
  if (kind === 'removed') void member.forget(container)
}

/** A crash is an exit that nothing asked for, with a code other than 0. */
const endOf = (program: Program, { exitCode }: { readonly exitCode: number }) =>
  program.cause?.by ?? (exitCode === 0 ? 'completed' : 'crash')

const causeFields = (cause: EndCause | undefined): CauseFields => ({
  ...(cause?.x === undefined ? {} : { x: cause.x }),
  ...(cause?.p === undefined ? {} : { p: cause.p }),
})
