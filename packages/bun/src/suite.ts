/** A `describe` block; the outermost one is the file. */
export interface Suite {
  readonly title: string
  readonly parent: Suite | undefined
  /** Hooks that take fixtures. */
  readonly beforeEach: Hook[]
  readonly afterEach: Hook[]
}

/** A hook that takes fixtures. */
export interface Hook {
  /** Names of its fixtures. */
  readonly names: readonly string[]
  readonly fn: (fixtures: object) => unknown
}

/** Creates a suite without hooks. */
export const createSuite = (title: string, parent?: Suite): Suite => ({
  title,
  parent,
  beforeEach: [],
  afterEach: [],
})

/** Returns the titles of a suite and of those around it, outermost first; none for the file. */
export const titlesOf = ({ title, parent }: Suite): string[] =>
  parent === undefined ? [] : [...titlesOf(parent), title]

/** Returns the hooks around a test of this suite, in the order in which they run. */
export const hooksOf = (suite: Suite | undefined, kind: 'beforeEach' | 'afterEach'): Hook[] => {
  if (suite === undefined) return []
  const outer = hooksOf(suite.parent, kind)
  return kind === 'beforeEach' ? [...outer, ...suite[kind]] : [...suite[kind], ...outer]
}
