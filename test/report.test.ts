import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology } from 'mesocosm'
import { openRunnerSession, type RunnerOptions } from 'mesocosm/runner'
import { openEmbedded } from '../src/report/open/open-embedded.ts'
import type { ReportSource } from '../src/report/source.ts'
import { openTestDocument } from '../src/report/test-document.ts'
import { eventually } from './lib/eventually.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

const printing = "console.log('ready'); console.error('ERROR no stock'); setInterval(() => {}, 1e6)"

/** Runs one test, as a runner integration does. */
const runSuite = async (
  { folder }: Sandbox,
  options: Partial<RunnerOptions> = {},
): Promise<void> => {
  const topology = defineTopology({
    name: 'reported',
    root: folder,
    services: { api: { image: 'node:24-trixie-slim', command: ['node', '-e', printing] } },
  })
  const session = openRunnerSession(topology, { client: 'report test', ...options })
  await using file = await session.forFile()
  const one = await file.beginTest({ file: join(folder, 'a.test.ts'), titlePath: ['sells'] })
  const api = await one.use('api')
  await api.logs.waitFor(/no stock/)
  one.end({ status: 'failed', error: 'sold out' })
}

const reportIn = (folder: string): ReportSource =>
  openEmbedded(openTestDocument(join(folder, '.mesocosm', 'latest', 'report.html')))

test('a run has a report when its runner has left, and the whole one when it has ended', async ({
  sandbox,
}) => {
  await runSuite(sandbox)
  const path = join(sandbox.folder, '.mesocosm', 'latest', 'report.html')
  await eventually(() => expect(existsSync(path)).toBe(true))
  const report = await eventually(async () => {
    const written = reportIn(sandbox.folder)
    expect((await written.index()).run.status).toBe('no client')
    return written
  })
  const { tests } = await report.index()
  expect(tests).toMatchObject([{ status: 'failed', error: 'sold out', titlePath: ['sells'] }])
  const logs = await report.logs()
  const [row = -1] = logs.find({ levels: ['error'], test: 0 })
  expect(logs.text(row)).toBe('ERROR no stock')
  expect(logs.attribution(row).how).not.toBe('gap')
  expect((await report.trace()).events.at(-1)?.k).toBe('run.end')
  expect(readFileSync(path, 'utf8')).toMatch(/<meta http-equiv="content-security-policy"/)
})

test('a run whose trace is off gives tests what they need, and leaves nothing', async ({
  sandbox,
}) => {
  const before = sandbox.runs()
  await runSuite(sandbox, { trace: 'off' })
  await eventually(() => expect(sandbox.runs()).toEqual(before))
  expect(existsSync(join(sandbox.folder, '.mesocosm', 'latest'))).toBe(false)
})
