/** The imports and helpers that the file needs; collected while its expressions are created. */
export interface Scope {
  /** `process.env`, or the constant that combines it with the variables of a file. */
  readonly variables: string
  /** Names to import from `mesocosm`. */
  readonly core: Set<string>
  /** Helper functions to write into the file. */
  readonly helpers: Set<Helper>
  /** Plugin functions to import, by package. */
  readonly plugins: Map<string, string>
}

/** A helper that the file can contain. */
export type Helper = 'envFile' | 'optionalEnvFile' | 'variables' | 'required' | 'home'

/** Returns the expression for an environment variable. */
export const variableIn = (scope: Scope, name: string): string => {
  if (scope.variables !== 'process.env')
    for (const helper of ['envFile', 'optionalEnvFile', 'variables'] as const)
      scope.helpers.add(helper)
  return `${scope.variables}.${name}`
}

/** Creates an empty scope. */
export const createScope = (variables: string): Scope => ({
  variables,
  core: new Set(['defineTopology']),
  helpers: new Set(),
  plugins: new Map(),
})
