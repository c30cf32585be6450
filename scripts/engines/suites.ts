import { bin } from '../run.ts'

/** Tests that run on every engine. */
export interface Suite {
  readonly name: string
  /** Returns the program, with a reporter's arguments added. */
  readonly argv: (reporter: readonly string[]) => readonly string[]
  /** Name of its test that pauses a service; tests that look at the engine themselves need no name here. */
  readonly pauses?: string
}

/** Returns the arguments with which the suite leaves out what an engine without cgroups cannot do. */
export const withoutPauses = ({ pauses }: Suite): readonly string[] =>
  pauses === undefined ? [] : ['--testNamePattern', `^(?!.*${pauses})`]

/** Returns a suite of test files of the project `engine`. */
export const filesSuite = (name: string, files: readonly string[]): Suite => ({
  name,
  argv: (reporter) => [bin('vitest'), 'run', '--project', 'engine', ...files, ...reporter],
})

export const suites: readonly Suite[] = [
  filesSuite('contract', ['src/docker/docker.contract.test.ts']),
  filesSuite('dockerfiles', ['src/docker/image/dockerfiles.e2e.test.ts']),
  filesSuite('build', ['src/docker/image/build.e2e.test.ts']),
  filesSuite('privileges', ['src/docker/container/privileges.e2e.test.ts']),
  filesSuite('env-change', ['test/env-change.test.ts']),
  {
    name: 'demo',
    argv: (reporter) => [process.execPath, 'scripts/demo.ts', ...reporter],
    pauses: 'a paused service does not answer',
  },
]
