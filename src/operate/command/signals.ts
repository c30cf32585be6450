/** Signals of this process that a command gets. */
export interface Signals extends Disposable {
  /** The first signal that came while no command took them. */
  readonly early: NodeJS.Signals | undefined
  /** Whether any signal came. */
  readonly taken: boolean
  /** Aborted by {@link early}. */
  readonly aborted: AbortSignal
  /** Passes signals to a command until disposed. */
  to(take: (signal: NodeJS.Signals) => void): Disposable
}

/** Signals that are passed on. Windows has only some of them. */
const passed: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** npm sends SIGINT to its program in addition to the terminal: two within this time are one. */
const sameMs = 1_000

/** Takes the signals of this process from now on, which then end it no more. */
export const openSignals = (process: NodeJS.Process = globalThis.process): Signals => {
  const takers = new Set<(signal: NodeJS.Signals) => void>()
  const abort = new AbortController()
  const last = { intAt: Number.NEGATIVE_INFINITY }
  const state: { early?: NodeJS.Signals; taken: boolean } = { taken: false }
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT') {
      const now = performance.now()
      if (now - last.intAt < sameMs) return
      last.intAt = now
    }
    state.taken = true
    if (takers.size === 0) state.early ??= signal
    if (takers.size === 0) abort.abort(new Error(signal))
    for (const take of [...takers]) take(signal)
  }
  for (const signal of passed) process.on(signal, onSignal)
  return {
    get early() {
      return state.early
    },
    get taken() {
      return state.taken
    },
    aborted: abort.signal,
    to(take) {
      takers.add(take)
      return { [Symbol.dispose]: () => void takers.delete(take) }
    },
    [Symbol.dispose]() {
      for (const signal of passed) process.off(signal, onSignal)
    },
  }
}
