/** What must be ready before tests run; each includes the ones before it. */
export type TestNeeds = 'nothing' | 'build' | 'engine'

/**
 * Returns what the Vitest projects named by these arguments need. Without `--project`, or with a pattern for it,
 * any test may run, so everything is needed.
 */
export const testNeeds = (args: readonly string[]): TestNeeds => {
  const projects = args.flatMap((arg, index) =>
    arg === '--project' ? (args[index + 1] ?? '') : (/^--project=(.*)$/.exec(arg)?.[1] ?? []),
  )
  const needs = projects.map((name) => needsOf[name] ?? 'engine')
  if (needs.length === 0 || needs.includes('engine')) return 'engine'
  return needs.includes('build') ? 'build' : 'nothing'
}

// ---

const needsOf: Readonly<Record<string, TestNeeds | undefined>> = { unit: 'nothing', built: 'build' }
