import type { Socket } from 'node:net'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { reviveError } from '../errors/revive.ts'
import { createLineSocket } from '../protocol/line-socket.ts'
import type { MethodName, Notifications, ParamsOf, ResultOf } from '../protocol/methods.ts'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** In words, for the error of a timeout. */
  readonly what?: string
}

/** Calls a supervisor over one connection. */
export interface Caller {
  /** @throws {MesocosmError} what the supervisor answers; `TIMEOUT`, `ABORTED`, `SUPERVISOR_GONE`. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options?: CallOptions): Promise<ResultOf<M>>
  on<K extends keyof Notifications>(name: K, listener: (params: Notifications[K]) => void): Disposable
  /** Resolves when the connection has ended; `expected` when this side ended it. */
  readonly closed: Promise<{ readonly expected: boolean }>
  close(): void
  /** Keeps the process alive until disposed; an idle connection alone does not. */
  hold(): Disposable
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

export const createCaller = (socket: Socket): Caller => {
  const pending = new Map<number, Pending>()
  const listeners = new Map<string, Set<(params: never) => void>>()
  const closed = Promise.withResolvers<{ expected: boolean }>()
  let lastId = 0
  let expected = false
  let gone = false
  let holds = 0
  // Waiting calls hold the process; an idle connection does not.
  const relax = () => {
    if (pending.size === 0 && holds === 0) socket.unref()
  }
  const line = createLineSocket(socket, {
    message(message) {
      if ('notify' in message) {
        for (const listener of listeners.get(message.notify) ?? []) listener(message.params as never)
        return
      }
      if (!('id' in message)) return
      const call = pending.get(message.id)
      pending.delete(message.id)
      relax()
      if ('error' in message) call?.reject(reviveError(message.error))
      else if ('result' in message) call?.resolve(message.result)
    },
    close(cause) {
      gone = true
      for (const { reject } of pending.values()) reject(supervisorGone(cause))
      pending.clear()
      closed.resolve({ expected })
    },
  })
  return {
    call: (method, params, options = {}) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(supervisorGone(undefined))
        const { signal, timeoutMs } = options
        if (signal?.aborted) return reject(aborted(options, signal))
        const id = ++lastId
        const giveUp = (error: MesocosmError) => {
          if (!pending.delete(id)) return
          relax()
          line.send({ cancel: id })
          reject(error)
        }
        const onAbort = () => giveUp(aborted(options, signal))
        const timer = timeoutMs === undefined ? undefined : setTimeout(() => giveUp(timedOut(options, timeoutMs)), timeoutMs)
        signal?.addEventListener('abort', onAbort, { once: true })
        const settle = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
        }
        pending.set(id, {
          resolve: (result) => {
            settle()
            resolve(result as never)
          },
          reject: (error) => {
            settle()
            // The stack of the caller says more than that of the reader of the socket.
            reject(error)
          },
        })
        socket.ref()
        line.send({ id, method, params })
      }),
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener as (params: never) => void))
      return { [Symbol.dispose]: () => void set.delete(listener as (params: never) => void) }
    },
    closed: closed.promise,
    close() {
      expected = true
      line.close()
    },
      hold() {
      holds++
      socket.ref()
      return {
        [Symbol.dispose]() {
          holds--
          relax()
        },
      }
    },
  }
}

const supervisorGone = (cause: Error | undefined) =>
  new MesocosmError({
    code: 'SUPERVISOR_GONE',
    message: 'the supervisor of this run has ended',
    remedy: 'run the tests again; what it left behind is removed when the next one starts',
    ...(cause === undefined ? {} : { cause }),
  })

const timedOut = ({ what }: CallOptions, timeoutMs: number) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${what ?? 'the call'} took longer than ${timeoutMs} ms`,
    remedy: 'raise timeoutMs of this call, or see in the logs what it waits for',
    facts: { timeoutMs },
  })

const aborted = ({ what }: CallOptions, signal: AbortSignal | undefined) =>
  new MesocosmError({ code: 'ABORTED', message: `${what ?? 'the call'} was called off`, cause: signal?.reason })
