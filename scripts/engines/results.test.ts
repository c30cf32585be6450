import { expect, test } from 'vitest'
import { countsOf, type EngineResult, isGood, renderResults, type SuiteResult } from './results.ts'

const suite: SuiteResult = {
  suite: 'contract',
  passed: 3,
  failed: 0,
  skipped: 0,
  failures: [],
  left: [],
  seconds: 12.4,
}
const good: EngineResult = { engine: 'one', version: 'Docker 28', suites: [suite] }

test('a report is counted by the status of its tests', () => {
  const assertionResults = ['passed', 'failed', 'skipped', 'pending', 'todo'].map((status) => ({
    status,
    fullName: `is ${status}`,
  }))
  const report = { testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults }] }
  expect(countsOf(report, 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 3,
    failures: ['is failed'],
  })
})

test('a file that does not load, a missing report and an exit code are failures', () => {
  const file = { name: 'a.test.ts', status: 'failed', message: 'no\nstack', assertionResults: [] }
  expect(countsOf({ testResults: [file] }, 1).failures).toEqual(['a.test.ts: no'])
  expect(countsOf(undefined, 2)).toMatchObject({ failed: 1, failures: ['exit code 2'] })
  expect(countsOf({ testResults: [] }, 2)).toMatchObject({ failed: 1 })
})

test('failures, leftovers and engines without results are not good', () => {
  expect(isGood(good)).toBe(true)
  expect(isGood({ ...good, suites: [{ ...suite, failed: 1 }] })).toBe(false)
  expect(isGood({ ...good, suites: [{ ...suite, left: ['network x'] }] })).toBe(false)
  expect(isGood({ ...good, suites: [], fault: 'did not start' })).toBe(false)
})

test('the table has a row per engine and a column per suite, then every failure', () => {
  const bad = { ...suite, suite: 'demo', failed: 1, skipped: 2, failures: ['it works'] }
  const left = ['volume v']
  expect(
    renderResults([
      good,
      { engine: 'two', version: 'Podman 5', suites: [{ ...suite, left }, bad] },
      { engine: 'three', version: 'Docker 20', suites: [], fault: 'did not start' },
    ]),
  ).toBe(`| engine | contract | demo |
| --- | --- | --- |
| one: Docker 28 | 3 passed, 12 s | did not run |
| two: Podman 5 | 3 passed, **1 left**, 12 s | 3 passed, **1 failed**, 2 skipped, 12 s |
| three: Docker 20 | did not start | did not start |

- two, contract: left: volume v
- two, demo: failed: it works
`)
})
