// `node bench/lanes.ts [waits] [backing] [skewed] [--rounds 3]`
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { findProject, runCommand } from 'mesocosm/operate'
import { installPublished } from '../test/lib/published.ts'
import { runnerEnv, startProgram } from '../test/lib/runner-process.ts'
import { suites } from './lanes/suites.ts'

/*
 * What lanes are worth: whole runs of a suite on one lane and on four, in turn.
 *
 * - `waits`: tests that mostly wait for their database.
 * - `backing`: tests that use PostgreSQL, Redis and RabbitMQ as usual suites do.
 * - `skewed`: 60 files of very different lengths, distributed by their recorded durations: how much longer the slowest
 *   of four lanes takes than their mean.
 *
 * Needs the build.
 */

const laneCount = 4

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
})
const rounds = Number(values.rounds)
const chosen = ['waits', 'backing', 'skewed'].filter(
  (name) => positionals.length === 0 || positionals.includes(name),
)
const print = (text: string) => process.stdout.write(`${text}\n`)

const home = realpathSync(mkdtempSync(join(tmpdir(), 'bench-lanes-')))
process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))
await installPublished(home, [
  '.',
  'packages/vitest',
  'packages/postgres',
  'packages/redis',
  'packages/rabbitmq',
])

const projectOf = (name: string): string => {
  const folder = join(home, name)
  for (const [path, text] of Object.entries(suites[name] ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** Runs Vitest on so many lanes; returns seconds of the whole process. */
const vitest = async (folder: string, workers: number): Promise<number> => {
  const began = performance.now()
  const args = [join(home, 'node_modules/vitest/vitest.mjs'), 'run', `--maxWorkers=${workers}`]
  const env = { ...runnerEnv(), MESOCOSM_GRACE_MS: '300' }
  const runner = startProgram(process.execPath, args, { cwd: folder, env, detached: false })
  const { code } = await runner.ended
  if (code !== 0) throw new Error(`the suite failed on ${workers} lanes:\n${runner.output()}`)
  return (performance.now() - began) / 1_000
}

const median = (all: readonly number[]) =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number

for (const name of chosen) {
  const folder = projectOf(name)
  if (name === 'skewed') {
    const project = await findProject({ file: join(folder, 'topology.js') })
    const run = () =>
      runCommand(project, {
        argv: [process.execPath, '--test', '--test-concurrency=1', '{files}'],
        split: '*.test.js',
        lanes: laneCount,
        cwd: folder,
        onOutput: () => {},
      })
    // Records durations.
    await run()
    for (let round = 0; round < rounds; round++) {
      const { summary, exitCode } = await run()
      if (exitCode !== 0 || summary === undefined) throw new Error('the suite failed')
      const times = summary.lanes.map(({ ms }) => ms)
      const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length
      print(
        `skewed: worst lane ${(Math.max(...times) / mean).toFixed(3)} × mean, efficiency ${summary.efficiency}`,
      )
    }
    continue
  }
  // Prepares images.
  await vitest(folder, laneCount)
  const one: number[] = []
  const four: number[] = []
  for (let round = 0; round < rounds; round++) {
    one.push(await vitest(folder, 1))
    four.push(await vitest(folder, laneCount))
  }
  const [slow, fast] = [median(one), median(four)]
  print(
    `${name}: one lane ${slow.toFixed(1)} s, ${laneCount} lanes ${fast.toFixed(1)} s: ${(slow / fast).toFixed(2)} × as fast`,
  )
}
