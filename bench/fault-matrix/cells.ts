/** What is sent. */
export const signals = ['SIGINT', 'SIGINT twice', 'SIGTERM', 'SIGKILL'] as const
/** Which processes get it: `both` is runner, worker and supervisor at once. */
export const targets = ['runner', 'worker', 'supervisor', 'both'] as const
/** What is under way. */
export const phases = ['build', 'create', 'probe', 'env change', 'add', 'reset'] as const

export type Signal = (typeof signals)[number]
export type Target = (typeof targets)[number]
export type Phase = (typeof phases)[number]

/** One experiment. */
export interface Cell {
  readonly signal: Signal
  readonly target: Target
  readonly phase: Phase
}

/** Returns the cells that all words name; a word that names nothing is an error. */
export const cellsOf = (words: readonly string[]): readonly Cell[] => {
  const pick = <T extends string>(all: readonly T[]): readonly T[] => {
    const named = all.filter((name) => words.includes(name))
    return named.length === 0 ? all : named
  }
  const known: readonly string[] = [...signals, ...targets, ...phases]
  const unknown = words.filter((word) => !known.includes(word))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: choose of ${known.join(', ')}`)
  return pick(phases).flatMap((phase) =>
    pick(targets).flatMap((target) => pick(signals).map((signal) => ({ signal, target, phase }))),
  )
}
