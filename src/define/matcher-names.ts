/**
 * Adds the names of matchers to those that exist in this process. A plugin's are added when it is defined, so that they
 * also exist for services which only `lane.add` starts.
 */
export const addMatcherNames = (names: readonly string[]): void => {
  for (const name of names) shared().add(name)
}

/** Returns the names of all matchers that exist in this process. */
export const matcherNames = (): readonly string[] => [...shared()]

// ---

/** Copies of the package share it: a plugin may resolve another one than the runner. */
const shared = (): Set<string> => {
  const key = Symbol.for('mesocosm.matcher-names')
  const store = globalThis as { [key]?: Set<string> }
  store[key] ??= new Set(['toContainLine'])
  return store[key]
}
