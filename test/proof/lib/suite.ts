/** Where a test writes. */
export type Store = 'db' | 'cache' | 'notes'

/** One test of the suite: it expects all its stores as declared, writes to them, and expects its own writes alone. */
export interface WritingTest {
  readonly title: string
  readonly stores: readonly Store[]
}

/** Tests that run one after the other in one worker. */
export interface WritingFile {
  readonly name: string
  readonly tests: readonly WritingTest[]
}

/** How many lanes are used at once: one per file. */
export const laneCount = 8

const perFile = 5
const kinds: readonly (readonly Store[])[] = [
  ['db'],
  ['cache'],
  ['notes'],
  ['db', 'cache'],
  ['db', 'cache', 'notes'],
]

/** Returns the 40 writing tests in files, files and tests in an order of this seed. */
export const suiteOf = (seed: number): readonly WritingFile[] => {
  const random = createRandom(seed)
  const files = Array.from({ length: laneCount }, (_, file) => ({
    name: `file-${file}`,
    tests: shuffled(
      Array.from({ length: perFile }, (_, test) => ({
        title: `test ${file}-${test}`,
        stores: kinds[test % kinds.length] as readonly Store[],
      })),
      random,
    ),
  }))
  // Runners sort files by name.
  return shuffled(files, random).map(({ name, tests }, index) => ({
    name: `${index}-${name}`,
    tests,
  }))
}

// ---

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator). */
const createRandom = (seed: number) => {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const shuffled = <T>(all: readonly T[], random: () => number): T[] => {
  const left = [...all]
  return all.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T)
}
