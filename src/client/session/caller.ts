import type { Socket } from 'node:net'
import type { CallOrigin } from '../../call/call.ts'
import { aborted, timedOut } from '../../call/deadline.ts'
import { isDebuggerOpen } from '../../call/debugger-open.ts'
import { waitClock } from '../../call/wait-clock.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { reviveError } from '../../errors/revive.ts'
import { createLineSocket } from '../../protocol/line-socket.ts'
import type { Message } from '../../protocol/message.ts'
import type { MethodName, Notifications, ParamsOf, ResultOf } from '../../protocol/methods.ts'

/** How long a call may take, and how errors and the record name it. */
export interface CallOptions<Result = unknown> {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /**
   * Milliseconds after which the caller gives up a supervisor that does not answer, if the supervisor itself has
   * another limit for the call; default 250 after `timeoutMs`.
   */
  readonly giveUpMs?: number | undefined
  /** Test and span that make the call, for the record. */
  readonly from?: Pick<CallOrigin, 'test' | 'span'>
  /** In words, for errors: `the restart of api`. */
  readonly what?: string
  /** Called with an answer that came after the caller gave up, to undo what it did. */
  readonly late?: (result: Result) => void
}

/** Calls a supervisor over one connection. */
export interface Caller {
  /** @throws {MesocosmError} what the supervisor answers; `TIMEOUT`, `ABORTED`, `SUPERVISOR_GONE`. */
  call<M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    options?: CallOptions<ResultOf<M>>,
  ): Promise<ResultOf<M>>
  on<K extends keyof Notifications>(
    name: K,
    listener: (params: Notifications[K]) => void,
  ): Disposable
  /** Resolves when the connection has ended; `expected` when this side ended it. */
  readonly closed: Promise<{ readonly expected: boolean }>
  readonly gone: boolean
  /** Calls back when the connection ends. */
  onGone(listener: () => void): Disposable
  close(): void
  /** Keeps the process alive until disposed; an idle connection alone does not. */
  hold(): Disposable
}

/** Milliseconds that the supervisor gets after a timeout to end its work and report what it saw. */
const answerMs = 250

/** Milliseconds that the limits of a call are longer while a debugger of this process is open. */
const noticeMs = 5_000

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Creates the caller for a connected socket. */
export const createCaller = (socket: Socket): Caller => {
  const pending = new Map<number, Pending>()
  /** Abandoned calls whose late answer must be undone. */
  const givenUp = new Map<number, (result: never) => void>()
  const listeners = new Map<string, Set<(params: never) => void>>()
  const goneListeners = new Set<() => void>()
  const closed = Promise.withResolvers<{ expected: boolean }>()
  let lastId = 0
  let expected = false
  let gone = false
  let holds = 0
  // Pending calls keep the process alive; an idle connection does not.
  const relax = () => {
    if (pending.size === 0 && holds === 0) socket.unref()
  }
  const answer = (message: Extract<Message, { id: number }>) => {
    const call = pending.get(message.id)
    const late = givenUp.get(message.id)
    pending.delete(message.id)
    givenUp.delete(message.id)
    relax()
    if ('error' in message) call?.reject(reviveError(message.error))
    else if ('result' in message) {
      call?.resolve(message.result)
      late?.(message.result as never)
    }
  }
  const line = createLineSocket(socket, {
    message(message) {
      if ('notify' in message) {
        for (const listener of listeners.get(message.notify) ?? [])
          listener(message.params as never)
      } else if ('id' in message) answer(message)
    },
    close(cause) {
      gone = true
      for (const { reject } of pending.values()) reject(supervisorGone(cause))
      pending.clear()
      givenUp.clear()
      closed.resolve({ expected })
      for (const listener of goneListeners) listener()
    },
  })
  const call: Caller['call'] = (method, params, options = {}) => {
    const site: { stack?: string } = {}
    Error.captureStackTrace(site, call)
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs, late, what = 'the call', from } = options
      // The supervisor notices late that this process is stopped at a breakpoint.
      const moreMs = isDebuggerOpen() ? noticeMs : 0
      const { giveUpMs = timeoutMs === undefined ? undefined : timeoutMs + answerMs } = options
      const fail = (error: Error) => reject(at(site, error))
      if (gone) return fail(supervisorGone(undefined))
      if (signal?.aborted) return fail(aborted(what, signal.reason))
      const id = ++lastId
      const settle = () => {
        timer?.[Symbol.dispose]()
        signal?.removeEventListener('abort', onAbort)
      }
      const giveUp = (error: MesocosmError) => {
        settle()
        pending.delete(id)
        if (late !== undefined) givenUp.set(id, late)
        relax()
        line.send({ cancel: id })
        fail(error)
      }
      const onAbort = () => giveUp(aborted(what, signal?.reason))
      const timer =
        giveUpMs === undefined
          ? undefined
          : waitClock.timer(giveUpMs + moreMs, () => giveUp(timedOut(what, timeoutMs ?? giveUpMs)))
      signal?.addEventListener('abort', onAbort, { once: true })
      pending.set(id, {
        resolve: (result) => {
          settle()
          resolve(result as never)
        },
        reject: (error) => {
          settle()
          fail(error)
        },
      })
      socket.ref()
      line.send({
        id,
        method,
        params,
        from: {
          ...from,
          what,
          ...(timeoutMs === undefined ? {} : { remainingMs: timeoutMs + moreMs }),
        },
      })
    })
  }
  return {
    call,
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener as (params: never) => void))
      return { [Symbol.dispose]: () => void set.delete(listener as (params: never) => void) }
    },
    closed: closed.promise,
    get gone() {
      return gone
    },
    onGone(listener) {
      goneListeners.add(listener)
      return { [Symbol.dispose]: () => void goneListeners.delete(listener) }
    },
    close() {
      expected = true
      line.close()
    },
    hold() {
      let held = true
      holds++
      socket.ref()
      return {
        [Symbol.dispose]() {
          if (!held) return
          held = false
          holds--
          relax()
        },
      }
    },
  }
}

/** Returns the error `SUPERVISOR_GONE`. */
export const supervisorGone = (cause: Error | undefined) =>
  new MesocosmError({
    code: 'SUPERVISOR_GONE',
    message: 'the supervisor of this run has ended',
    remedy: 'rerun the tests; leftovers are removed at the next start',
    ...(cause === undefined ? {} : { cause }),
  })

// ---

/** Replaces the stack of the socket's reader by that of the caller. */
const at = ({ stack = '' }: { readonly stack?: string }, error: Error): Error => {
  const frames = stack.slice(stack.indexOf('\n') + 1)
  if (frames !== '') error.stack = `${error.name}: ${error.message}\n${frames}`
  return error
}
