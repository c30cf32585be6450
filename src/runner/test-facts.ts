import { relative } from 'node:path'
import { testIdOf } from '../trace/event/test-id.ts'
import type { RunnerTest } from './session.ts'
import type { TestFacts } from './test-scope.ts'

/** Returns what the record says of a test; files are relative to the project, because runners start in any folder. */
export const factsOf = (
  root: string,
  { project = '', file, line, titlePath, retry = 0, repeat = 0 }: RunnerTest,
): TestFacts => {
  const path = relative(root, file).replaceAll('\\', '/')
  const again = repeat === 0 ? [] : [`repeat ${repeat}`]
  return {
    id: testIdOf([project, path, ...titlePath, ...again]),
    retry,
    ...(repeat === 0 ? {} : { repeat }),
    file: path,
    ...(line === undefined ? {} : { line }),
    titlePath,
  }
}
