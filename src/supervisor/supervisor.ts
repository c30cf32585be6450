import type { Socket } from 'node:net'
import type { Call } from '../call/call.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { RunEvent } from '../model/run-event.ts'
import {
  type MethodName,
  type Methods,
  protocolVersion,
  type RunFacts,
} from '../protocol/methods.ts'
import { isProof, newNonce, proofOf } from '../protocol/proof.ts'
import { readParams } from '../protocol/validators.ts'
import type { Redactor } from '../trace/write/redact.ts'
import { type Answers, createAnswers } from './answers.ts'
import { Connection } from './connection.ts'
import { LaneHolds } from './lane-holds.ts'
import { Watchers } from './watchers.ts'

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
  /** Called once, when the run must end: no client for the grace, `down`, or a lost engine. */
  readonly onEnd: (reason: string) => void
}

type Hello = Methods['hello']['params']
type Challenge = Methods['challenge']

/**
 * Serves the clients of one run. **A connection is a lease**: it closes when a client ends in any way,
 * and its lanes are returned and reset. When the last client has gone, the run ends after a grace.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #connections = new Set<Connection>()
  readonly #holds: LaneHolds
  readonly #watchers = new Watchers()
  readonly #answers: Answers
  readonly #started = performance.now()
  #kept = false
  #idle: NodeJS.Timeout | undefined
  #ended = false
  #failure: MesocosmError | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#holds = new LaneHolds()
    this.#answers = createAnswers({
      holds: this.#holds,
      watchers: this.#watchers,
      clients: () => [...this.#connections].filter(({ greeted }) => greeted),
      facts: () => this.#facts(),
      redactor: options.redactor,
      uptimeMs: () => Math.round(performance.now() - this.#started),
      keep: (keep) => {
        this.#kept = keep
        this.#watchIdle(options.graceMs)
      },
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
    clearTimeout(this.#idle)
    this.#options.onEnd(reason)
  }

  /** Answers all pending and later calls with this error. */
  fail(error: MesocosmError): void {
    this.#failure = error
    for (const connection of this.#connections) connection.fail(error)
  }

  closeAll(): void {
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
    this.#watchIdle(this.#options.graceMs)
    return this.#facts()
  }

  async #left(connection: Connection): Promise<void> {
    this.#connections.delete(connection)
    this.#watchers.forget(connection)
    // An observer does not change who uses the run.
    if (connection.greeted && !connection.observer) this.#watchIdle(this.#options.graceMs)
    // Its calls may still be under way: no other client gets its lanes before they end.
    await connection.settled()
    if (this.#ended) return
    // The client did not release them, so it may have died during a change.
    for (const lane of this.#holds.of(connection))
      this.#holds.giveBack(await this.#options.engine, lane, connection, 'deep')
  }

  /** Starts the grace time when the last client has gone, unless it runs; stops it when a client uses the run. */
  #watchIdle(graceMs: number): void {
    const inUse = [...this.#connections].some(({ observer, greeted }) => greeted && !observer)
    if (inUse || this.#kept || this.#ended) {
      clearTimeout(this.#idle)
      this.#idle = undefined
    } else {
      this.#idle ??= setTimeout(() => this.end('no client'), graceMs)
    }
  }

  async #facts(): Promise<RunFacts> {
    const { context } = await this.#options.engine
    const { name, version, endpoint } = context.info
    return {
      run: context.run,
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
