import type { Socket } from 'node:net'
import type { Call } from '../call/call.ts'
import { type WaitClock, waitClock } from '../call/wait-clock.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { TraceMode } from '../model/trace-mode.ts'
import {
  type MethodName,
  type Methods,
  protocolVersion,
  type RunFacts,
} from '../protocol/methods.ts'
import { isProof, newNonce, proofOf } from '../protocol/proof.ts'
import { readParams } from '../protocol/validators.ts'
import { projectOf } from '../trace/write/record-folder.ts'
import type { Redactor } from '../trace/write/redact.ts'
import { type Answers, createAnswers } from './answers.ts'
import { ClientBeats } from './client-beats.ts'
import { Connection } from './connection.ts'
import { KeptLanes } from './kept-lanes.ts'
import { LaneControls } from './lane-controls.ts'
import { LaneHolds } from './lane-holds.ts'
import { LiveReport } from './live-report.ts'
import { Watchers } from './watchers.ts'

/** A change in the use of a run: a lease, with what its client wants to be kept; no lane is held; no client is left. */
export type RunUse =
  | { readonly kind: 'lease'; readonly trace: TraceMode | undefined }
  | { readonly kind: 'free' }
  | { readonly kind: 'left' }

/** Engine, token and times of a supervisor. */
export interface SupervisorOptions {
  readonly token: string
  /** Milliseconds before it ends without clients. */
  readonly graceMs: number
  /** Milliseconds before it ends if no client ever connects; default 30 000, or the grace if that is longer. */
  readonly firstGraceMs?: number
  /** Milliseconds before a connection without a greeting is closed; default 30 000. */
  readonly greetingMs?: number
  readonly engine: Promise<RunEngine>
  /** Knows the secrets of every topology that was leased. */
  readonly redactor: Redactor
  /** Called when the use of the run changes; default nothing. */
  readonly uses?: (use: RunUse) => void
  /** Counts its limits on waiting, and the clients' follow it; default that of this process. */
  readonly clock?: WaitClock
  /** Milliseconds of silence after which a client that beats is stopped in its debugger; default 1 000. */
  readonly silentMs?: number
  /** Writes a line to the supervisor's log; default nowhere. */
  readonly log?: (text: string) => void
  /** Called once, when the run must end: no client for the grace, `down`, or a lost engine. */
  readonly onEnd: (reason: string) => void
}

type Hello = Methods['hello']['params']
type Challenge = Methods['challenge']

/**
 * Serves the clients of one run. **A connection is a lease**: it closes when a client ends in any way,
 * and its lanes are returned and reset. When the last client has gone, the run ends after a grace; lanes that
 * failed tests left stay until their time is over, and everything else is removed.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #connections = new Set<Connection>()
  readonly #holds: LaneHolds
  readonly #watchers = new Watchers()
  readonly #keptLanes: KeptLanes
  readonly #controls: LaneControls
  readonly #liveReport = new LiveReport()
  readonly #clock: WaitClock
  readonly #beats: ClientBeats
  readonly #answers: Answers
  readonly #clockWatch: Disposable
  readonly #started = performance.now()
  #kept = false
  #idle: Disposable | undefined
  #ended = false
  #failure: MesocosmError | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#clock = options.clock ?? waitClock
    this.#beats = new ClientBeats(this.#clock, options.silentMs)
    this.#clockWatch = this.#clock.onChange((suspended) => {
      for (const connection of this.#connections)
        if (connection.greeted) connection.notify('clock', { suspended }, 'clock')
    })
    this.#holds = new LaneHolds(() => options.uses?.({ kind: 'free' }))
    this.#keptLanes = new KeptLanes(() => this.#watchIdle(options.graceMs), this.#log)
    this.#controls = new LaneControls(options.redactor, this.#watchers)
    this.#answers = createAnswers({
      controls: this.#controls,
      liveReport: this.#liveReport,
      holds: this.#holds,
      watchers: this.#watchers,
      kept: this.#keptLanes,
      clients: () => [...this.#connections].filter(({ greeted }) => greeted),
      inUse: () => this.#inUse,
      facts: () => this.#facts(),
      redactor: options.redactor,
      uptimeMs: () => Math.round(performance.now() - this.#started),
      keep: (keep) => {
        this.#kept = keep
        this.#watchIdle(options.graceMs)
      },
      used: (trace) => options.uses?.({ kind: 'lease', trace }),
      end: (reason) => this.end(reason),
    })
    this.#watchIdle(options.firstGraceMs ?? Math.max(options.graceMs, 30_000))
  }

  accept(socket: Socket): void {
    const connection: Connection = new Connection(
      socket,
      this.#options.redactor,
      (method, params, call) => this.#dispatch(connection, method, params, call),
      () => {
        clearTimeout(late)
        void this.#left(connection)
      },
    )
    const late = setTimeout(
      () => connection.greeted || connection.drop(),
      this.#options.greetingMs ?? 30_000,
    )
    this.#connections.add(connection)
  }

  progress(event: RunEvent): void {
    this.#watchers.progress(this.#options.redactor.value(event))
  }

  /** @param fault why the record is incomplete. */
  logged(lane: string, service: string, fault?: string): void {
    this.#watchers.logged(lane, service, fault)
  }

  /** Stops answering calls; connections stay open until {@link closeAll}. */
  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#idle?.[Symbol.dispose]()
    this.#keptLanes.close()
    void this.#controls.closeAll()
    this.#options.onEnd(reason)
  }

  /** Answers all pending and later calls with this error. */
  fail(error: MesocosmError): void {
    this.#failure = error
    for (const connection of this.#connections) connection.fail(error)
  }

  closeAll(): void {
    this.#clockWatch[Symbol.dispose]()
    // Open until now, so that the page sees the end of the run.
    void this.#liveReport[Symbol.asyncDispose]()
    for (const connection of this.#connections) connection.close()
  }

  // ---

  async #dispatch(
    connection: Connection,
    method: MethodName,
    params: unknown,
    call: Call,
  ): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#ended)
      throw new MesocosmError({
        code: 'SUPERVISOR_GONE',
        message: 'this run is ending',
        remedy: 'connect again',
      })
    if (method === 'challenge') return this.#challenge(connection, readParams('challenge', params))
    if (method === 'hello') return this.#greet(connection, readParams('hello', params))
    if (!connection.greeted)
      throw refusal('the first calls must be challenge and hello', sameVersion)
    if (method === 'beat') {
      this.#beats.heard(connection, readParams(method, params))
      return null
    }
    if (!Object.hasOwn(this.#answers, method)) throw refusal(`unknown method ${method}`)
    const checked = readParams(method, params) as never
    const engine = await this.#options.engine
    return this.#answers[method](checked, { call, connection, engine })
  }

  #challenge(connection: Connection, { version, nonce }: Challenge['params']): Challenge['result'] {
    if (version !== protocolVersion)
      throw refusal(
        `this supervisor speaks version ${protocolVersion}, the client version ${version}`,
        sameVersion,
      )
    const nonces = { client: nonce, supervisor: newNonce() }
    connection.nonces = nonces
    return {
      nonce: nonces.supervisor,
      proof: proofOf(this.#options.token, 'supervisor', nonces),
    }
  }

  #greet(connection: Connection, hello: Hello): Promise<RunFacts> {
    const { nonces } = connection
    if (nonces === undefined)
      throw refusal('the first calls must be challenge and hello', sameVersion)
    // Each challenge is good for one attempt.
    connection.nonces = undefined
    if (!isProof(hello.proof, this.#options.token, 'client', nonces))
      throw refusal('the client does not know the token of this run')
    connection.greeted = true
    connection.client = hello.client
    connection.pid = hello.pid
    connection.observer = hello.observer ?? false
    if (hello.debugged) this.#beats.heard(connection)
    const { suspended } = this.#clock
    if (suspended.length > 0) connection.notify('clock', { suspended }, 'clock')
    this.#watchIdle(this.#options.graceMs)
    return this.#facts()
  }

  async #left(connection: Connection): Promise<void> {
    this.#connections.delete(connection)
    this.#beats.forget(connection)
    this.#watchers.forget(connection)
    // An observer does not change who uses the run.
    if (connection.greeted && !connection.observer) this.#watchIdle(this.#options.graceMs)
    // Its calls may still be under way: no other client gets its lanes before they end.
    await connection.settled()
    if (this.#ended) return
    // The client did not release them, so it may have died during a change.
    const lanes = this.#holds.of(connection)
    await Promise.all(lanes.map((lane) => this.#controls.close(lane)))
    for (const lane of lanes)
      this.#holds.giveBack(await this.#options.engine, lane, connection, 'deep')
    if (!this.#inUse) this.#options.uses?.({ kind: 'left' })
  }

  /** Starts the grace time when the last client has gone, unless it runs; stops it when a client uses the run. */
  #watchIdle(graceMs: number): void {
    if (this.#inUse || this.#kept || this.#ended) {
      this.#idle?.[Symbol.dispose]()
      this.#idle = undefined
    } else {
      this.#idle ??= this.#clock.timer(graceMs, () => {
        this.#idle = undefined
        if (this.#keptLanes.size === 0) this.end('no client')
        else void this.#endFree()
      })
    }
  }

  get #inUse(): boolean {
    return [...this.#connections].some(({ observer, greeted }) => greeted && !observer)
  }

  /** Removes the lanes that no test is going to use, while others are kept. */
  async #endFree(): Promise<void> {
    const engine = await this.#options.engine
    const free = engine.lanes.all().filter(({ held, kept }) => !held && kept === undefined)
    for (const { lane } of free) {
      if (engine.lanes.take(lane.name) === undefined) continue
      await engine
        .end(lane)
        .catch((error: unknown) => this.#log(`the end of ${lane.name}: ${messageOf(error)}`))
      engine.lanes.forget(lane)
    }
  }

  #log = (text: string): void => this.#options.log?.(text)

  async #facts(): Promise<RunFacts> {
    const { context } = await this.#options.engine
    const { name, version, endpoint } = context.info
    return {
      run: context.run,
      root: projectOf(context.record.folder),
      folder: context.record.folder,
      engine: `${name} ${version} at ${endpoint}`,
      pid: process.pid,
      kept: this.#kept,
    }
  }
}

const sameVersion =
  'end the old supervisor with `mesocosm down`, or use one version of mesocosm in the project'

const refusal = (message: string, remedy?: string) =>
  new MesocosmError({ code: 'PROTOCOL', message, ...(remedy === undefined ? {} : { remedy }) })
