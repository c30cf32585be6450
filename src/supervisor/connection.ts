import type { Socket } from 'node:net'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { createLineSocket, type LineSocket } from '../protocol/line-socket.ts'
import type { Message } from '../protocol/message.ts'
import type { MethodName, Notifications } from '../protocol/methods.ts'

/** Answers one call. */
export type Handler = (method: MethodName, params: never, signal: AbortSignal) => Promise<unknown>

/** One client's connection, seen from the supervisor: answers calls, sends notifications. */
export class Connection {
  client = 'unknown'
  pid = 0
  /** Does not keep the run alive. */
  observer = false
  greeted = false
  readonly #line: LineSocket
  readonly #calls = new Map<number, AbortController>()
  readonly #handler: Handler

  constructor(socket: Socket, handler: Handler, onClose: () => void) {
    this.#handler = handler
    this.#line = createLineSocket(socket, {
      message: (message) => void this.#receive(message),
      close: () => {
        for (const call of this.#calls.values()) call.abort()
        onClose()
      },
    })
  }

  notify<K extends keyof Notifications>(notify: K, params: Notifications[K]): void {
    this.#line.send({ notify, params })
  }

  close(): void {
    this.#line.close()
  }

  async #receive(message: Message): Promise<void> {
    if ('cancel' in message) {
      this.#calls.get(message.cancel)?.abort()
      return
    }
    if (!('method' in message)) return
    const { id, method, params } = message
    const call = new AbortController()
    this.#calls.set(id, call)
    try {
      const result = await this.#handler(method as MethodName, params as never, call.signal)
      this.#line.send({ id, result: result ?? null })
    } catch (error) {
      this.#line.send({ id, error: toMesocosmError(error).toJSON() })
    } finally {
      this.#calls.delete(id)
    }
  }
}

const toMesocosmError = (error: unknown): MesocosmError =>
  error instanceof MesocosmError
    ? error
    : new MesocosmError({
        code: 'ENGINE_FAILED',
        message: error instanceof Error ? error.message : String(error),
        remedy: 'this is a defect of Mesocosm: please report it with the supervisor.log of the run',
        cause: error,
      })
