import type { TestCase, TestFile } from './test-cases.ts'

/** A row of the list of tests. */
export type TestRow =
  | { readonly kind: 'file'; readonly file: TestFile; readonly open: boolean }
  | { readonly kind: 'test'; readonly test: TestCase }

/** Returns the rows of files and of the tests in those that are open. */
export const testRows = (
  files: readonly TestFile[],
  closed: ReadonlySet<string>,
  shows: (test: TestCase) => boolean,
): TestRow[] =>
  files.flatMap(({ file, cases }): TestRow[] => {
    const shown = cases.filter(shows)
    if (shown.length === 0) return []
    const open = !closed.has(file)
    return [
      { kind: 'file', file: { file, cases: shown }, open },
      ...(open ? shown.map((test): TestRow => ({ kind: 'test', test })) : []),
    ]
  })
