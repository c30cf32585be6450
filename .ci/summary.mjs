// Prints `N passed, N failed` from Vitest's JSON report. Plain JavaScript: the machine's own Node runs it.
import { existsSync, readFileSync } from 'node:fs'

const [file, status] = process.argv.slice(2)
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { testResults: [] }
const tests = report.testResults.flatMap((suite) => suite.assertionResults)
const count = (wanted) => tests.filter((test) => test.status === wanted).length
// A file that fails to load has no tests, and a crash leaves no report: both count as failures.
const broken = report.testResults.filter(
  (suite) =>
    suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
).length
const failed = count('failed') + broken
console.log(`${count('passed')} passed, ${failed || (status === '0' ? 0 : 1)} failed`)
