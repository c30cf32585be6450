import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgres } from '@mesocosm/postgres'
import { defineTopology, http, ref } from 'mesocosm'
import { loadTrace } from 'mesocosm/operate'
import { openRunnerSession } from 'mesocosm/runner'
import { createAttributor, renderTrace, type Trace, type TraceNode } from 'mesocosm/trace'
import { closureOf } from './lib/closure.ts'
import { eventually } from './lib/eventually.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

/*
 * Services that send their own spans: one in Node with the SDK of OpenTelemetry, which instruments it without a change
 * of its code, and one in Python that posts OTLP by hand. Two tests use them at the same time, in lanes of their own
 * that share one PostgreSQL and the service in Python.
 */

const folder = join(import.meta.dirname, 'telemetry')

/** Creates the folder `api` of an application, with its packages as an installation has them. */
const writeApi = (root: string): void => {
  const api = join(root, 'api')
  mkdirSync(api)
  for (const name of ['sdk.cjs', 'api.cjs']) cpSync(join(folder, name), join(api, name))
  const packages = [
    ...['@opentelemetry/api', '@opentelemetry/sdk-node', '@opentelemetry/instrumentation-http'],
    ...['@opentelemetry/instrumentation-pg', 'pg'],
  ]
  for (const from of new Set(packages.flatMap((name) => closureOf(name, import.meta.url))))
    cpSync(from, api + from.slice(from.lastIndexOf('/node_modules/')), { recursive: true })
  writeFileSync(
    join(api, 'Dockerfile'),
    'FROM node:24-trixie-slim\nWORKDIR /app\nCOPY . .\nCMD ["node", "--require", "/app/sdk.cjs", "api.cjs"]\n',
  )
}

const declare = ({ folder: root }: Sandbox) => {
  writeApi(root)
  return defineTopology({
    name: 'watched',
    root,
    // #region declare
    telemetry: true,
    services: {
      db: postgres({ init: [join(folder, 'orders.sql')], settings: { log_statement: 'all' } }),
      pricing: {
        image: 'python:3.13-slim-trixie',
        command: ['python3', '/app/pricing.py'],
        files: [{ from: join(folder, 'pricing.py'), to: '/app/pricing.py' }],
        ports: { http: 8000 },
        share: 'run',
      },
      api: {
        build: './api', // CMD ["node", "--require", "/app/sdk.cjs", "api.cjs"]
        env: { DATABASE_URL: ref('db.url'), PRICING_URL: ref('pricing.http.url') },
        ports: { http: 3000 },
        ready: http('/health'),
      },
    },
    // #endregion
  })
}

/** Every node below this one, itself included. */
const all = (node: TraceNode): TraceNode[] => [node, ...node.children.flatMap(all)]

const spansOf = (node: TraceNode | undefined, service: string, kind: 'span' | 'log' = 'span') =>
  node === undefined ? [] : all(node).filter((one) => one.kind === kind && one.service === service)

/** Lines of the shared PostgreSQL as the record has them. */
const linesOfDb = (run: string) =>
  readdirSync(join(run, 'log'))
    .filter((name) => name.startsWith('run.db.'))
    .flatMap((name) =>
      readFileSync(join(run, 'log', name), 'utf8')
        .trim()
        .split('\n'),
    )
    .map((row) => JSON.parse(row) as unknown)
    .filter((row) => Array.isArray(row))
    .map(([time, text]) => ({ time: Number(time), text: String(text), lane: 'run', service: 'db' }))

test('spans and logs of services land under the test that caused them, also from concurrent lanes on one server', async ({
  sandbox,
}) => {
  const session = openRunnerSession(declare(sandbox), { client: 'telemetry test' })
  const runOf = () => join(sandbox.folder, '.mesocosm/runs', sandbox.runs().at(-1) ?? '')
  {
    await using one = await session.forFile()
    await using two = await session.forFile()
    const begin = async (file: typeof one, item: string) => {
      const running = await file.beginTest({
        file: join(sandbox.folder, `${item}.test.ts`),
        titlePath: [`orders ${item}`],
      })
      return { running, item, api: await running.use('api') }
    }
    const tests = await Promise.all([begin(one, 'apples'), begin(two, 'pears')])
    const [first, second] = tests
    expect(first.running.lane.name).not.toBe(second.running.lane.name)
    await Promise.all(
      tests.map(async ({ api, item }) => {
        for (let count = 0; count < 3; count++)
          expect(await (await api.http.fetch(`/order?item=${item}`)).text()).toBe('42')
      }),
    )
    // SDKs send in batches.
    await eventually(async () => {
      const { tests: found } = loadTrace(runOf())
      for (const one of found) {
        expect(spansOf(one, 'api').filter(({ name }) => /insert/i.test(name))).toHaveLength(3)
        expect(spansOf(one, 'pricing')).toHaveLength(3)
        expect(spansOf(one, 'pricing', 'log')).toHaveLength(3)
      }
      expect(found).toHaveLength(2)
    })
    for (const { running } of tests) running.end({ status: 'passed' })
  }
  const trace = loadTrace(runOf())
  const text = renderTrace(trace)
  expect(trace.events.filter(({ k }) => k === 'svc.warning')).toEqual([])
  for (const one of trace.tests) {
    const item = one.name.slice('orders '.length)
    const calls = one.children.filter(({ name }) => name.includes('.fetch'))
    expect(calls, text).toHaveLength(3)
    for (const call of calls) {
      // The request of the test, what the service did for it, the request to the next service, what that one did.
      const [served] = spansOf(call, 'api')
      expect(call.children).toContain(served)
      expect(served, text).toMatchObject({ test: one.test, lane: one.lane, status: 'done' })
      const [priced] = spansOf(served, 'pricing')
      expect(priced, text).toMatchObject({ name: 'price', test: one.test, lane: 'run' })
      expect(all(priced as TraceNode).map(({ kind, name }) => [kind, name])).toEqual([
        ['span', 'price'],
        ['log', `priced /price?item=${item}`],
      ])
      const queries = spansOf(served, 'api').filter(({ name }) => /insert/i.test(name))
      expect(queries, text).toHaveLength(1)
      expect(served?.start).toBeGreaterThanOrEqual(call.start - 50)
    }
  }
  expectLinesUnderTheirTests(trace, runOf())
})

/** The lines of the shared server name their database, which is that of one lane. */
const expectLinesUnderTheirTests = (trace: Trace, run: string): void => {
  const attributor = createAttributor(trace)
  const inserts = linesOfDb(run).map((line) => ({
    ...line,
    attribution: attributor.all[attributor.of(line)],
  }))
  for (const [index, { lane }] of trace.tests.entries()) {
    const own = inserts.filter(
      ({ text }) => text.includes(`app_${lane}/api`) && /insert/.test(text),
    )
    expect(own).toHaveLength(3)
    for (const { attribution } of own) expect(attribution).toEqual({ how: 'key', tests: [index] })
  }
}
