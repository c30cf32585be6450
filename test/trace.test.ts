import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mailhog } from '@mesocosm/mailhog'
import { s3Mock } from '@mesocosm/s3-mock'
import { defineTopology, http, ref } from 'mesocosm'
import { loadTrace } from 'mesocosm/operate'
import { openRunnerSession } from 'mesocosm/runner'
import { renderTrace, type Trace, type TraceNode } from 'mesocosm/trace'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

/*
 * What a runner integration does for two tests, the second of which fails; then the record as `mesocosm/trace` reads it.
 */

const declare = ({ folder }: Sandbox) =>
  defineTopology({
    name: 'traced',
    root: folder,
    services: {
      mail: mailhog({ server: 'bundled' }),
      files: s3Mock({ buckets: ['invoices'] }),
      api: {
        image: 'node:24-trixie-slim',
        command: ['node', '/app.cjs'],
        files: [
          { from: join(import.meta.dirname, '../packages/mailhog/test/app.cjs'), to: '/app.cjs' },
        ],
        ports: { http: 3000 },
        ready: http('/health'),
        env: { SMTP_URL: ref('mail.smtp.url'), GREETING: 'hello' },
        exec: { greet: (name: string) => ['node', '-p', `'hello ${name} '.repeat(2000)`] },
      },
    },
  })

/** Runs two tests of one file, as a runner integration does. */
const runSuite = async (sandbox: Sandbox): Promise<void> => {
  const session = openRunnerSession(declare(sandbox), { client: 'trace test' })
  await using file = await session.forFile()
  const begin = (title: string) =>
    file.beginTest({ file: join(sandbox.folder, 'mail.test.ts'), titlePath: ['mail', title] })

  const first = await begin('is sent')
  const mail = await first.use('mail')
  const api = await first.use('api')
  await first.lane.step('greet', async () => {
    const { stdout } = await api.exec.greet('ann')
    expect(stdout.length).toBeGreaterThan(8 * 1024)
  })
  await api.withEnv({ GREETING: 'good day' }, async () => {
    await fetch(`${api.http.url}/send?${new URLSearchParams({ to: 'a@b.co', subject: 'Hi' })}`)
    await mail.waitForMessage({ to: 'a@b.co' })
  })
  await api.kill()
  const files = await first.use('files')
  await files.put('invoices', 'a.pdf', 'paid', { contentType: 'application/pdf' })
  // What is gone at the end of a test is in the record, too.
  await files.clear()
  first.end({ status: 'passed' })

  const second = await begin('is read')
  const failure = await (await second.use('mail'))
    .waitForMessage({ to: 'nobody@b.co' }, { timeoutMs: 20 })
    .catch((error: Error) => error)
  second.end({ status: 'failed', error: (failure as Error).message.split('\n', 1)[0] ?? '' })
}

const childrenOf = (node: TraceNode | undefined, kind?: string) =>
  (node?.children ?? []).filter((child) => kind === undefined || child.kind === kind)

const find = (node: TraceNode | undefined, name: string): TraceNode | undefined => {
  if (node?.name === name) return node
  for (const child of node?.children ?? []) {
    const found = find(child, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Names of plan steps below a call. */
const stepsBelow = (node: TraceNode | undefined): string[] =>
  childrenOf(node, 'plan').flatMap((plan) => childrenOf(plan, 'plan step').map(({ name }) => name))

test('the record of a run is a tree from test to call to plan step, every entry with its test', async ({
  sandbox,
}) => {
  await runSuite(sandbox)
  const folder = join(sandbox.folder, '.mesocosm/runs', sandbox.runs().at(-1) ?? '')
  const trace: Trace = loadTrace(folder)
  const text = renderTrace(trace)
  const [sent, read] = trace.tests
  expect(
    trace.tests.map(({ status }) => status),
    text,
  ).toEqual(['passed', 'failed'])
  expect(read?.error?.message).toMatch(/nobody@b\.co/)

  // test → call → plan → step
  expect(stepsBelow(find(sent, 'withEnv api')), text).toEqual(
    expect.arrayContaining(['stop program api', 'start program api', 'await ready api']),
  )
  expect(find(find(sent, 'withEnv api'), 'start program api')?.cause, text).toBe(
    'env GREETING changed',
  )
  expect(stepsBelow(find(sent, 'withEnv.restore api')), text).toContain('start program api')
  expect(childrenOf(find(sent, 'withEnv api'), 'env'), text).toHaveLength(1)

  // test → step → call → exec, its long output in a blob
  const exec = find(find(sent, 'greet'), 'exec.greet api')
  expect(childrenOf(exec, 'exec'), text).toMatchObject([{ status: 'done', service: 'api' }])
  const end = trace.events.find(({ k }) => k === 'exec.end')
  const sha256 = end?.k === 'exec.end' ? end.blobs?.stdout?.sha256 : undefined
  expect(readFileSync(join(folder, 'blob', sha256 ?? ''), 'utf8')).toContain('hello ann hello ann')

  // plugin methods, and how they ended
  expect(find(sent, 'waitForMessage mail')?.status, text).toBe('done')
  expect(find(read, 'waitForMessage mail'), text).toMatchObject({
    status: 'timeout',
    error: { code: 'TIMEOUT' },
  })

  // what services captured, although a reset has removed it since
  expect(childrenOf(sent, 'mail'), text).toMatchObject([
    { name: 'mail to a@b.co: Hi', service: 'mail' },
  ])
  expect(
    trace.events.find(({ k }) => k === 'cap.mail'),
    text,
  ).toMatchObject({
    from: 'shop@example.test',
    text: expect.stringContaining('https://shop.test/verify?code=123456'),
  })
  expect(childrenOf(sent, 'object'), text).toMatchObject([{ name: 'put invoices/a.pdf' }])
  expect(
    trace.events.find(({ k }) => k === 'cap.object'),
    text,
  ).toMatchObject({ bytes: 4, type: 'application/pdf' })
  expect(childrenOf(read, 'mail'), text).toEqual([])

  // what the run was started with
  expect(trace.run).toMatchObject({
    clients: [{ client: 'trace test', runtime: `node ${process.versions.node}` }],
    topologies: {
      traced: {
        services: {
          mail: { kind: 'mailhog' },
          api: { ports: { http: { port: 3000 } }, needs: { mail: 'healthy' } },
        },
      },
    },
  })
  expect(trace.events.filter(({ k }) => k === 'clock')).toHaveLength(1)

  // a kill is not a crash
  const exits = trace.events.filter((event) => event.k === 'svc.state' && event.s === 'api')
  const kill = find(sent, 'kill api')
  expect(exits, text).toContainEqual(
    expect.objectContaining({ state: 'exited', by: 'kill', p: kill?.id, x: sent?.test }),
  )
  expect(exits).not.toContainEqual(expect.objectContaining({ by: 'crash' }))

  // The reset belongs to the test that needs it: it starts what the first one killed.
  expect(stepsBelow(find(read, 'lane.reset')), text).toContain('start program api')

  // Every entry that the supervisor wrote between begin and end of a test names it.
  const ofSupervisor = trace.events.filter(
    (event) =>
      ['plan.start', 'plan.step', 'exec.start', 'env.change', 'svc.state', 'task'].includes(
        event.k,
      ) &&
      event.t >= (sent?.start ?? 0) &&
      event.t <= (read?.end ?? 0),
  )
  expect(ofSupervisor.length).toBeGreaterThan(20)
  expect(
    ofSupervisor.filter(({ x }) => x === undefined),
    text,
  ).toEqual([])
})
