/*
 * Prints what the record of a run costs the suite of the shop example: the suite with and without it, in pairs. `off`
 * runs twice in each round: the ratio of its two columns is what the machine alone makes of the same suite.
 *
 *   npm run build && node bench/recording.ts [rounds, default 7]
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { endRun } from './lib/end-run.ts'
import { machineLine, readMachine } from './lib/machine.ts'
import { comparisonTable } from './lib/print.ts'
import { inRounds } from './lib/rounds.ts'
import { createSamples, median, ratio } from './lib/samples.ts'
import { wallTime } from './lib/wall.ts'

const [rounds = 7] = process.argv.slice(2).map(Number)

const root = join(import.meta.dirname, '..')
const shop = join(root, 'examples/shop')
const report = join(shop, 'dist', 'recording.json')
const cli = join(root, 'node_modules/vitest/vitest.mjs')

/** What the suite's own report says of the time of its tests. */
interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly duration?: number }[]
  }[]
}

const variants = [
  { name: 'off', trace: 'off' },
  { name: 'off again', trace: 'off' },
  { name: 'on', trace: 'on' },
] as const

const names = variants.map(({ name }) => name)
const suite = createSamples(names)
const tests = createSamples(names)
let made = 0

/** Runs the suite; returns the milliseconds of the whole, and of its tests. */
const runSuite = async (trace: string) => {
  const run = `recording-${process.pid}-${++made}`
  const args = [cli, 'run', '--root', shop, '--reporter=json', `--outputFile.json=${report}`]
  try {
    const { ms } = await wallTime(process.execPath, args, {
      MESOCOSM_RUN: run,
      MESOCOSM_TRACE: trace,
    })
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JsonReport
    const durations = testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ duration = 0 }) => duration),
    )
    return { ms, testsMs: durations.reduce((sum, one) => sum + one, 0), count: durations.length }
  } catch (error) {
    // A suite that failed was not measured; its report names the test.
    if (existsSync(report)) console.error(readFileSync(report, 'utf8'))
    throw error
  } finally {
    // The next suite must not share the machine with the end of this one.
    await endRun(shop, run)
    rmSync(report, { force: true })
  }
}

await inRounds(rounds, variants, async ({ name, trace }, counted) => {
  const { ms, testsMs, count } = await runSuite(trace)
  console.error(`${name}: ${Math.round(ms)} ms, ${count} tests in ${Math.round(testsMs)} ms`)
  if (!counted) return
  suite.add(name, ms)
  tests.add(name, testsMs)
})

for (const [title, samples] of [
  ['the suite of the shop, from its start to its end', suite],
  ['the sum of its tests', tests],
] as const)
  console.log(
    comparisonTable({ measure: 'recording', title, base: 'off', variants: samples.variants() }),
  )

const msOf = (name: string) => suite.variants().find((variant) => variant.name === name)?.ms ?? []
const cost = ratio(msOf('on'), msOf('off')) - 1
const noise = median(msOf('off again').map((ms, at) => Math.abs(ms / (msOf('off')[at] ?? ms) - 1)))
const percent = (part: number) => `${(part * 100).toFixed(1)} %`
console.log(
  `\n  recording costs ${percent(cost)} of the suite; expected ≤ 2 %, the same suite twice differs by ${percent(noise)}`,
)
console.log(`  ${machineLine(await readMachine())}`)
