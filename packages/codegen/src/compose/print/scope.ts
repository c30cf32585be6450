/** What the generated file uses of others: grows while its expressions are made. */
export interface Scope {
  /** `process.env`, or a name for it together with the variables of a file. */
  readonly variables: string
  /** Exports of `mesocosm`. */
  readonly core: Set<string>
  /** Functions written into the file. */
  readonly helpers: Set<Helper>
  /** Plugin function by package. */
  readonly plugins: Map<string, string>
}

export type Helper = 'envFile' | 'optionalEnvFile' | 'variables' | 'required' | 'home'

/** The expression for a variable of the environment. */
export const variableIn = (scope: Scope, name: string): string => {
  if (scope.variables !== 'process.env')
    for (const helper of ['envFile', 'optionalEnvFile', 'variables'] as const)
      scope.helpers.add(helper)
  return `${scope.variables}.${name}`
}

export const createScope = (variables: string): Scope => ({
  variables,
  core: new Set(['defineTopology']),
  helpers: new Set(),
  plugins: new Map(),
})
