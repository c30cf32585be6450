/**
 * Returns whether a debugger of this process can be attached: its inspector listens, or it was started with `--inspect`.
 * A worker thread, whose inspector is that of the main thread, knows only the start options that it was given, and what
 * {@link assumeDebuggerOpen} says.
 */
export const isDebuggerOpen = (): boolean => {
  const { NODE_OPTIONS = '', BUN_INSPECT = '' } = process.env
  return (
    BUN_INSPECT !== '' ||
    marks()[assumed] === true ||
    inspects(process.execArgv) ||
    inspects(NODE_OPTIONS.split(/\s+/)) ||
    inspectorUrl() !== undefined
  )
}

/** Makes {@link isDebuggerOpen} return true in this thread: its runner knows that of the main thread. */
export const assumeDebuggerOpen = (): void => {
  marks()[assumed] = true
}

// ---

/** Shared by several copies of this package. */
const assumed = Symbol.for('mesocosm.debuggerOpen')
const marks = (): { [assumed]?: boolean } => globalThis as { [assumed]?: boolean }

const inspects = (options: readonly string[]): boolean =>
  options.some((option) => /^--inspect(?:-brk|-wait)?(?:=|$)/.test(option))

/** Loaded only when asked: a Node that was built without an inspector lacks the module. */
const inspectorUrl = (): string | undefined => {
  try {
    return process.getBuiltinModule?.('node:inspector').url()
  } catch {
    return undefined
  }
}
