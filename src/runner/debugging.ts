import { isDebuggerOpen } from '../call/debugger-open.ts'
import { waitClock } from '../call/wait-clock.ts'

/**
 * Returns whether a debugger can hold up the tests of this process: one of it is open, or `MESOCOSM_DEBUG` names services
 * that are debugged. A runner's own time limits are off then, as far as it allows that.
 */
export const isDebugging = (): boolean => {
  const { MESOCOSM_DEBUG = '' } = process.env
  return MESOCOSM_DEBUG.trim() !== '' || isDebuggerOpen()
}

/**
 * Calls back whenever a debugger pauses a service or another test process, until disposed: from then on, a test that
 * runs can last longer than its limit.
 */
export const onDebuggerPause = (listener: () => void): Disposable =>
  waitClock.onChange((suspended) => {
    if (suspended.length > 0) listener()
  })

/** Calls back when `ms` have passed, without the time in which a debugger was paused, unless disposed before. */
export const testTimer = (ms: number, call: () => void): Disposable => waitClock.timer(ms, call)
