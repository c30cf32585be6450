import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, startNode } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { processesOf } from '../lib/leaks.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const bin = join(import.meta.dirname, '../../packages/cli/bin/mesocosm.js')

const topologyFile = `
import { declare } from ${JSON.stringify(join(import.meta.dirname, 'topology.ts'))}
export const topology = declare(import.meta.dirname)
`

/** Runs a command of `mesocosm` in the project of a sandbox, without containers. */
const mesocosm = async ({ folder, env }: Sandbox, ...args: string[]) => {
  writeFileSync(join(folder, 'topology.ts'), topologyFile)
  await using child = startNode([bin, ...args], {
    cwd: folder,
    env: { ...env, MESOCOSM_RUNTIME: 'local' },
  })
  const { exitCode }: Ended = await child.ended
  return { exitCode, output: child.output }
}

const programsIn = ({ env }: Sandbox) =>
  processesOf(env.TMPDIR ?? '').filter((row) => row.includes(' app.cjs'))

test('up, ps, logs, exec and down work without containers', async ({ sandbox }) => {
  expect(await mesocosm(sandbox, 'up')).toMatchObject({ exitCode: 0 })
  const { output: listed } = await mesocosm(sandbox, 'ps')
  expect(listed).toContain('run warm-local')
  expect(listed).toContain('processes of this machine')
  expect((await mesocosm(sandbox, 'logs', 'api')).output).toContain('listens on')
  const { output } = await mesocosm(sandbox, 'exec', 'api', '--', 'sh', '-c', 'echo in $PWD')
  expect(output).toContain(`in ${join(import.meta.dirname, '../fixture')}`)
  const run = await mesocosm(sandbox, 'run', '--', 'sh', '-c', 'echo at $API_HTTP_URL')
  expect(run.output).toMatch(/at http:\/\/127\.0\.0\.1:\d+/)
  expect((await mesocosm(sandbox, 'run', '--image', 'php:8', '--', 'true')).output).toContain(
    'RUNTIME_UNSUPPORTED',
  )
  expect(await mesocosm(sandbox, 'down')).toMatchObject({ exitCode: 0 })
  expect(programsIn(sandbox)).toEqual([])
})

test('doctor names leftovers of a killed run, and gc removes them', async ({ sandbox }) => {
  await mesocosm(sandbox, 'up')
  const supervisor = sandbox.supervisorOf(sandbox.runs().at(-1) ?? '')
  // The process that waits for the supervisor's death first: nothing is left that could clean up.
  for (const pid of cleanersOf(supervisor)) process.kill(pid, 'SIGKILL')
  process.kill(supervisor, 'SIGKILL')
  await eventually(() => expect(processesOf(sandbox.env.TMPDIR ?? '').length).toBe(3))
  const found = await mesocosm(sandbox, 'doctor')
  expect(found.output).toMatch(/engine +processes of this machine, chosen by MESOCOSM_RUNTIME/)
  expect(found.output).toContain('mesocosm gc')
  expect(await mesocosm(sandbox, 'gc')).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining('removed container'),
  })
  expect(programsIn(sandbox)).toEqual([])
})

/** The processes that wait for the death of a supervisor, which they know by its pid. */
const cleanersOf = (supervisor: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return line.includes('mesocosm-cleaner') && line.includes(`|${supervisor}|`)
      } catch {
        // It has ended.
        return false
      }
    })
    .map(Number)
