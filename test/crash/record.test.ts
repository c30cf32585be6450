import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import { renderTrace, type Trace, type TraceNode } from 'mesocosm/trace'
import { kill, startScript } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const folderOf = (sandbox: Sandbox) =>
  join(sandbox.folder, '.mesocosm/runs', sandbox.runs().at(-1) ?? '')

/** All nodes below one. */
const below = (node: TraceNode | undefined): TraceNode[] =>
  (node?.children ?? []).flatMap((child) => [child, ...below(child)])

const open = (trace: Trace) =>
  below(trace.root)
    .filter(({ status }) => status === 'unfinished')
    .map(({ kind, name }) => `${kind} ${name}`)

test('the record of a run whose worker and supervisor were killed in a test opens, with all that had happened', async ({
  sandbox,
}) => {
  await using child = startScript(sandbox, join(import.meta.dirname, 'script/recorded-test.ts'))
  await child.told('under way')
  const run = sandbox.runs().at(-1) ?? ''
  const folder = folderOf(sandbox)
  // The exec of the last call has begun.
  await eventually(() => expect(open(loadTrace(folder))).toContain('exec exec api: sleep 600'))
  // The worker first, because it would start another supervisor.
  kill(child.pid, 'SIGKILL')
  kill(sandbox.supervisorOf(run), 'SIGKILL')
  await child.ended

  const trace = loadTrace(folder)
  const text = renderTrace(trace)
  expect(trace.skipped.filter(({ reason }) => reason !== 'cut')).toEqual([])
  const [attempt] = trace.tests
  expect(attempt, text).toMatchObject({
    status: 'unfinished',
    error: { message: expect.stringMatching(/\(pid \d+\) wrote no end$/) },
  })
  expect(open(trace), text).toEqual(
    expect.arrayContaining([
      'test is cut short',
      'step send a mail',
      'call waitForMessage mail',
      'call run api',
      'exec exec api: sleep 600',
    ]),
  )
  const seen = below(attempt).map(({ kind, name }) => `${kind} ${name}`)
  expect(seen, text).toEqual(
    expect.arrayContaining([
      'mail mail to ann@b.co: the ••• subject',
      'service add outbox',
      'env env api: GREETING',
      expect.stringMatching(/^call http\.fetch api: GET \/send\?.* → 200$/),
    ]),
  )
  expect(trace.run).toMatchObject({
    status: 'running',
    clients: [{ client: 'killed' }],
    topologies: { recorded: { services: { api: { env: { SMTP_URL: ['mail.smtp.url'] } } } } },
  })
  for (const sub of ['ev', 'log', 'blob'])
    for (const name of readdirSync(join(folder, sub)))
      expect(readFileSync(join(folder, sub, name), 'utf8'), name).not.toContain('hush-hush')
  expect(existsSync(join(folder, 'run.json'))).toBe(true)
  await cleared(run)
})
