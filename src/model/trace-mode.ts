/**
 * What is kept of a run: `on`, its record and report; `retain-on-failure`, those of failed tests, and nothing if all
 * passed; `off`, nothing.
 */
export type TraceMode = 'on' | 'retain-on-failure' | 'off'

/** All modes, the one that keeps least first. */
export const traceModes: readonly TraceMode[] = ['off', 'retain-on-failure', 'on']

/** Returns the mode that keeps more. */
export const largerTrace = (a: TraceMode, b: TraceMode): TraceMode =>
  traceModes.indexOf(a) > traceModes.indexOf(b) ? a : b

/** Returns whether a text is a mode. */
export const isTraceMode = (text: string | undefined): text is TraceMode =>
  (traceModes as readonly (string | undefined)[]).includes(text)
