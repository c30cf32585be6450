import type { Duplex } from 'node:stream'
import { waitClock } from '../../call/wait-clock.ts'
import { createDebugObserver } from '../../debug/observe/create-observer.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { DebugKind } from '../../model/service-spec.ts'
import type { EventFile } from '../../trace/write/event-file.ts'

/** Whose debugger is watched. */
export interface WatchedDebugger {
  readonly lane: string
  readonly service: string
  readonly kind: DebugKind | undefined
  /** The test that uses the lane now, if any. */
  readonly test: () => string | undefined
  /** Called when the program goes on after a pause. */
  readonly resumed: () => void
}

/** One connection of a debugger, as long as it is open. */
export interface DebuggerWatch {
  /** Records its end, after which nothing is paused by it. */
  end(fault?: Error): void
}

/**
 * Watches what a debugger and a program say to each other: limits on waiting stand still while the program is paused,
 * and the record says so. The bytes are not changed. Connections that only ask what there is leave no entries.
 */
export const watchDebugger = (
  events: Pick<EventFile, 'write'>,
  target: WatchedDebugger,
  ends: { readonly debugger: Duplex; readonly program: Duplex },
): DebuggerWatch => {
  const { lane, service, kind, test } = target
  const start = performance.now()
  const state: {
    attached: boolean
    paused?: { readonly at: number; readonly suspension: Disposable }
  } = { attached: false }

  const origin = () => {
    const x = test()
    const of = kind === undefined ? {} : { kind }
    return { ...(x === undefined ? {} : { x }), l: lane, s: service, ...of }
  }
  const attached = () => {
    if (state.attached) return
    state.attached = true
    events.write('debug.attach', origin())
  }
  const paused = () => {
    if (state.paused !== undefined) return
    attached()
    events.write('debug.pause', origin())
    const suspension = waitClock.suspend(`a debugger is paused in ${service}`)
    state.paused = { at: performance.now(), suspension }
  }
  const goOn = () => {
    if (state.paused === undefined) return
    const ms = Math.round(performance.now() - state.paused.at)
    state.paused.suspension[Symbol.dispose]()
    delete state.paused
    events.write('debug.resume', { ...origin(), ms })
  }
  const observer = createDebugObserver((change) => {
    if (change === 'paused') return paused()
    goOn()
    target.resumed()
  })
  ends.debugger.on('data', (bytes: Buffer) => {
    if (isDebugger(kind, bytes)) attached()
    observer.toProgram(bytes)
  })
  ends.program.on('data', (bytes: Buffer) => {
    // Xdebug begins.
    if (kind === 'php') attached()
    observer.toIde(bytes)
  })
  return {
    end(fault) {
      observer.end()
      goOn()
      if (!state.attached) return
      events.write('debug.detach', {
        ...origin(),
        ms: Math.round(performance.now() - start),
        ...(fault === undefined ? {} : { error: { message: messageOf(fault) } }),
      })
    },
  }
}

// ---

/** Inspectors also answer requests for the list of what can be debugged, which Chrome repeats every second. */
const isDebugger = (kind: DebugKind | undefined, bytes: Buffer): boolean =>
  kind !== 'node' || /\r\nupgrade: *websocket/i.test(bytes.toString('latin1'))
