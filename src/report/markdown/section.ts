/** A part of the markdown. Sections without lines are left out. */
export interface Section {
  readonly title: string
  /** Language of the code block; absent for lines that are markdown. */
  readonly code?: 'text' | 'diff'
  readonly lines: readonly string[]
  /** Which lines stay if there is no room for all: those marked in `important`, and the first or the last ones. */
  readonly keep: 'first' | 'last' | 'both'
  /** Numbers of lines that stay before all others. */
  readonly important?: ReadonlySet<number>
  /** Lines for which there is always room. */
  readonly least: number
  /** What to do to see all lines, such as a command; named where lines are left out. */
  readonly more?: string
}

/** Returns the lines of the sections, cut so that they are at most `room` in all; the first sections get room first. */
export const fitted = (sections: readonly Section[], room: number): string[] => {
  const shown = sections.filter(({ lines }) => lines.length > 0)
  const all = room - shown.length * overhead
  const least = shown.map(({ lines, least }) => Math.min(lines.length, least))
  const scale = Math.min(1, all / sum(least))
  const shares = least.map((share) => Math.max(1, Math.floor(share * scale)))
  let left = all - sum(shares)
  for (const [at, { lines }] of shown.entries()) {
    const share = shares[at] ?? 0
    const more = Math.max(0, Math.min(lines.length - share, left))
    shares[at] = share + more
    left -= more
  }
  return shown.flatMap((section, at) => render(section, shares[at] ?? 0))
}

// ---

/** Heading, fences, empty lines, and the line that says what was left out. */
const overhead = 6

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const render = ({ title, code, more, ...section }: Section, share: number): string[] => {
  const lines = cut(section, share, more)
  if (code === undefined) return [`## ${title}`, '', ...lines, '']
  const fence = fenceFor(lines)
  return [`## ${title}`, '', `${fence}${code}`, ...lines, fence, '']
}

/** A fence of the code block that none of its lines ends. */
const fenceFor = (lines: readonly string[]): string => {
  const longest = Math.max(2, ...lines.map((line) => /^\s*(`{3,})/.exec(line)?.[1]?.length ?? 0))
  return '`'.repeat(longest + 1)
}

const cut = (
  { lines, keep, important = new Set() }: Omit<Section, 'title'>,
  share: number,
  more: string | undefined,
): string[] => {
  if (lines.length <= share) return [...lines]
  const kept = new Set<number>()
  // Each hole among the kept lines costs one line, which says what is missing.
  const candidates = [...important, ...orders[keep](lines.length)]
  for (const index of candidates.slice(0, 4 * (share + important.size))) {
    kept.add(index)
    if (kept.size + holesIn(kept, lines.length) <= share + 1) continue
    kept.delete(index)
    if (kept.size >= share) break
  }
  const how = more === undefined ? '' : `: ${more}`
  const result: string[] = []
  let missing = 0
  // The command is named once, where the first lines are missing.
  let named = false
  const note = () => {
    if (missing === 0) return
    result.push(`… ${missing} more ${missing === 1 ? 'line' : 'lines'}${named ? '' : how}`)
    named = true
    missing = 0
  }
  for (const [index, line] of lines.entries()) {
    if (!kept.has(index)) missing++
    else {
      note()
      result.push(line)
    }
  }
  note()
  return result
}

const holesIn = (kept: ReadonlySet<number>, count: number): number => {
  let holes = 0
  let before = -1
  for (const index of [...kept].sort((a, b) => a - b)) {
    if (index > before + 1) holes++
    before = index
  }
  return before < count - 1 ? holes + 1 : holes
}

/** In which order lines are kept. */
const orders = {
  first: (count: number) => range(count),
  last: (count: number) => range(count).reverse(),
  // What a test did first and what it did last matter most.
  both: (count: number) =>
    range(count).map((at) => (at % 3 === 0 ? at / 3 : count - 1 - (at - 1 - Math.floor(at / 3)))),
} as const

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
