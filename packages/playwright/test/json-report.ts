import { readFileSync } from 'node:fs'

/** Statuses of attempts, oldest first, by `file › suite › test`. */
export type Said = Readonly<Record<string, readonly string[]>>

/** Reads what Playwright's JSON reporter says, in the words of the record. */
export const saidIn = (path: string): Said => {
  const { suites } = JSON.parse(readFileSync(path, 'utf8')) as { suites: readonly JsonSuite[] }
  const said: Record<string, string[]> = {}
  for (const { titles, tests } of suites.flatMap((suite) => specsIn(suite, [])))
    for (const test of tests) {
      const name = titles.join(' › ')
      said[name] = [...(said[name] ?? []), ...attemptsOf(test)]
    }
  return said
}

// ---

interface JsonSuite {
  readonly title: string
  readonly suites?: readonly JsonSuite[]
  readonly specs: readonly { readonly title: string; readonly tests: readonly JsonTest[] }[]
}

interface JsonTest {
  readonly expectedStatus: string
  readonly results: readonly { readonly status: string }[]
}

const specsIn = (
  { title, suites = [], specs }: JsonSuite,
  above: readonly string[],
): { titles: readonly string[]; tests: readonly JsonTest[] }[] => {
  const titles = title === '' ? above : [...above, title]
  return [
    ...specs.map((spec) => ({ titles: [...titles, spec.title], tests: spec.tests })),
    ...suites.flatMap((suite) => specsIn(suite, titles)),
  ]
}

/** A test that did not run has no results. */
const attemptsOf = ({ expectedStatus, results }: JsonTest): string[] =>
  results.length === 0
    ? ['skipped']
    : results.map(({ status }) =>
        status === 'skipped' || status === 'interrupted'
          ? 'skipped'
          : status === expectedStatus
            ? 'passed'
            : 'failed',
      )
