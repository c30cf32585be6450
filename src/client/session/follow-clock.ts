import { isDebuggerOpen } from '../../call/debugger-open.ts'
import { type WaitClock, waitClock } from '../../call/wait-clock.ts'
import type { Caller } from './caller.ts'

/**
 * Stops the clock of this process whenever limits stand still in the run, until the connection ends. The supervisor
 * reports a stop that has begun before with the greeting.
 */
export const followClock = (
  caller: Pick<Caller, 'on' | 'onGone'>,
  clock: WaitClock = waitClock,
): void => {
  let held: Disposable | undefined
  const hold = (suspended: readonly string[]) => {
    const former = held
    held = suspended.length === 0 ? undefined : clock.suspend(suspended.join('; '))
    former?.[Symbol.dispose]()
  }
  caller.on('clock', ({ suspended }) => hold(suspended))
  caller.onGone(() => hold([]))
}

/**
 * Beats while a debugger of this process is open, so that the supervisor notices when it is stopped at a breakpoint,
 * until the connection ends.
 *
 * @param everyMs how often, and how soon a debugger that opens is noticed.
 */
export const beatWhileDebugged = (
  caller: Pick<Caller, 'call' | 'onGone'>,
  { everyMs = 250, isOpen = isDebuggerOpen }: BeatOptions = {},
): void => {
  let wasOpen = false
  const beat = () => {
    const open = isOpen()
    if (!open && !wasOpen) return
    wasOpen = open
    // One that fails is followed by the next; without a supervisor nothing is waited for.
    caller.call('beat', open ? {} : { over: true }).catch(() => undefined)
  }
  const timer = realSetInterval(beat, everyMs)
  timer.unref?.()
  caller.onGone(() => clearInterval(timer))
}

/** When to beat; tests give others. */
export interface BeatOptions {
  readonly everyMs?: number
  readonly isOpen?: () => boolean
}

// ---

// Taken when this module loads: fake timers of a test would stop the beat.
const realSetInterval = setInterval
