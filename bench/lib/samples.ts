/** One number per round of one variant: milliseconds, unless the comparison's title names another unit. */
export interface Variant {
  readonly name: string
  readonly ms: readonly number[]
}

/** Variants measured against each other. */
export interface Comparison {
  /** Short name, as `--only` takes it. */
  readonly measure: string
  readonly title: string
  /** Name of the variant to which the others are compared. */
  readonly base: string
  readonly variants: readonly Variant[]
}

/** Collects the numbers of rounds; returns the variants in the order of `names`. */
export const createSamples = (names: readonly string[]) => {
  const all = new Map<string, number[]>(names.map((name) => [name, []]))
  return {
    add(name: string, ms: number): void {
      all.get(name)?.push(ms)
    },
    variants: (): readonly Variant[] =>
      [...all].filter(([, ms]) => ms.length > 0).map(([name, ms]) => ({ name, ms })),
  }
}

/** Returns the median; `NaN` for an empty array. */
export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1)
  return (low + high) / 2
}

/** Returns the median ratio of two variants in the same round, so that drift cancels out. */
export const ratio = (of: readonly number[], to: readonly number[]): number =>
  median(of.map((ms, round) => ms / (to[round] ?? Number.NaN)).filter(Number.isFinite))
