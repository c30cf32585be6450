/**
 * Returns whether a debugger of this process can be attached: its inspector listens, or it was started with `--inspect`.
 * In a worker thread only the start options tell, since the inspector is that of the main thread.
 */
export const isDebuggerOpen = (): boolean => {
  const { NODE_OPTIONS = '', BUN_INSPECT = '' } = process.env
  return (
    BUN_INSPECT !== '' ||
    inspects(process.execArgv) ||
    inspects(NODE_OPTIONS.split(/\s+/)) ||
    inspectorUrl() !== undefined
  )
}

// ---

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
