import type { Socket } from 'node:net'
import { type Call, openCall } from '../call/call.ts'
import { settledWithin } from '../call/pause.ts'
import { type ErrorJson, errorJson, type MesocosmError } from '../errors/mesocosm-error.ts'
import { toMesocosmError } from '../errors/unknown-error.ts'
import { createLineSocket, type LineSocket } from '../protocol/line-socket.ts'
import type { Message } from '../protocol/message.ts'
import type { MethodName, Notifications } from '../protocol/methods.ts'
import type { Nonces } from '../protocol/proof.ts'
import { readOrigin } from '../protocol/validators.ts'
import type { Redactor } from '../trace/write/redact.ts'

/** Answers one call. */
export type Handler = (method: MethodName, params: unknown, call: Call) => Promise<unknown>

interface Running {
  readonly abort: AbortController
  /** Aborted when its caller has given up. */
  readonly signal: AbortSignal
  /** Lane that it is about. */
  readonly lane: unknown
  readonly done: Promise<void>
}

/** How long a call waits for a former one of its lane that was given up, in case that one never ends. */
const endingMs = 10_000

/** One client's connection, seen from the supervisor: answers calls, sends notifications. */
export class Connection {
  client = 'unknown'
  pid = 0
  /** Does not keep the run alive. */
  observer = false
  greeted = false
  /** Of the challenge that the client has not answered yet. */
  nonces: Nonces | undefined
  readonly #line: LineSocket
  readonly #calls = new Map<number, Running>()
  /** By topic: notifications that wait until the client reads again. */
  readonly #late = new Map<string, Message>()
  readonly #handler: Handler
  readonly #redactor: Redactor

  /** @param redactor hides secrets in errors, which end in the output of tests. */
  constructor(socket: Socket, redactor: Redactor, handler: Handler, onClose: () => void) {
    this.#handler = handler
    this.#redactor = redactor
    this.#line = createLineSocket(socket, {
      message: (message) => this.#receive(message),
      drain: () => this.#catchUp(),
      close: () => {
        this.#late.clear()
        for (const { abort } of this.#calls.values()) abort.abort()
        onClose()
      },
    })
  }

  /** Resolves when no call is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#calls.values()].map(({ done }) => done))
  }

  /** @param topic a client that does not read gets only the last notification of each topic. */
  notify<K extends keyof Notifications>(notify: K, params: Notifications[K], topic?: string): void {
    const message = { notify, params }
    if (topic !== undefined && this.#line.congested) this.#late.set(topic, message)
    else this.#line.send(message)
  }

  /** Answers every call that is under way with this error. */
  fail(error: MesocosmError): void {
    for (const [id, { abort }] of this.#calls) {
      this.#line.send({ id, error: this.#shown(error) })
      abort.abort()
    }
  }

  close(): void {
    this.#line.close()
  }

  /** Closes the connection at once, even if the client does not read. */
  drop(): void {
    this.#line.drop()
  }

  #receive(message: Message): void {
    if ('cancel' in message) this.#calls.get(message.cancel)?.abort.abort()
    if (!('method' in message)) return
    const { id, method, params } = message
    const { remainingMs, what = method, ...origin } = readOrigin(message.from)
    const abort = new AbortController()
    const call = openCall(what, origin, { timeoutMs: remainingMs, signal: abort.signal })
    const { lane } = (params ?? {}) as { readonly lane?: unknown }
    const ending = lane === undefined ? [] : this.#givenUp(lane)
    const handle = async () => {
      if (ending.length > 0) await settledWithin(Promise.all(ending), endingMs, call.signal)
      return this.#handler(method as MethodName, params, call)
    }
    const done = this.#answer(id, handle).finally(() => {
      call[Symbol.dispose]()
      this.#calls.delete(id)
    })
    this.#calls.set(id, { abort, signal: call.signal, lane, done })
  }

  /** Returns the ends of calls of a lane whose caller has given up: they must not undo what the next one does. */
  #givenUp(lane: unknown): Promise<void>[] {
    return [...this.#calls.values()]
      .filter((running) => running.lane === lane && running.signal.aborted)
      .map(({ done }) => done)
  }

  async #answer(id: number, handle: () => Promise<unknown>): Promise<void> {
    try {
      this.#line.send({ id, result: (await handle()) ?? null })
    } catch (error) {
      this.#line.send({ id, error: this.#shown(toMesocosmError(error)) })
    }
  }

  #shown(error: MesocosmError): ErrorJson {
    const { name, code, ...rest } = errorJson(error)
    return { name, code, ...this.#redactor.value(rest) }
  }

  #catchUp(): void {
    for (const [topic, message] of this.#late) {
      this.#late.delete(topic)
      this.#line.send(message)
    }
  }
}
