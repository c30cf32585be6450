import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import { loadTrace } from 'mesocosm/operate'
import { beforeAll, expect, test } from 'vitest'
import { startProgram } from './lib/runner-process.ts'

/*
 * Two tests of the shop fail, because a test gave a service a wrong address. What a person or an agent is shown must be
 * enough to find the cause: nothing but the error is read here.
 */

const shop = realpathSync(join(import.meta.dirname, '../examples/shop'))
let output = ''

beforeAll(async () => {
  const cli = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
  const args = [cli, 'run', '--config', 'vitest.failing.config.ts']
  const run = startProgram(process.execPath, args, { cwd: shop })
  await run.ended
  output = plain(run.output())
}, 600_000)

/** The record of this run: `latest` may be another one, because the shop has tests of its own. */
const runFolder = (): string => /file:\/\/(\S+)\/report\.html/.exec(output)?.[1] ?? ''

/** The part of the output about one failure. */
const failureOf = (title: string): string => {
  const from = output.indexOf(`> ${title}\n`)
  return output.slice(from, output.indexOf('\n FAIL ', from + 1))
}

test('the error of an assertion has the stack trace of the service that failed, and what the test had changed', () => {
  const text = failureOf('an order is priced by the server that the environment names')
  const [, errors = ''] =
    /errors that services logged during the test:\n([\s\S]*?)\n\n/.exec(text) ?? []
  expect(errors, output).toMatch(/^ +worker \| job failed, will retry: TypeError: Invalid URL/)
  expect(errors).toMatch(/worker \| +at price \(file:.*worker\.js:\d+:\d+\)/)
  expect(errors).toMatch(/worker \| +base: 'pricing:8000'/)
  expect(text).toMatch(
    /what the test changed:\n +worker\.setEnv\(\{ PRICING_URL: 'pricing:8000' \}\), \d+\.\d s before/,
  )
})

test('the error of a test that ran out of time says what was awaited, in which step, and why it did not come', () => {
  const text = failureOf('an order is done when the worker says so')
  expect(text, output).toMatch(
    /when the test ended, it was waiting for:\n +worker\.logs\.waitFor\('\/order \\\\d\+ done\/'\), for \d+\.\d s, in step “wait for an order”\n/,
  )
  expect(text).toMatch(
    /worker \| job failed, will retry: TypeError: Invalid URL.* {2}\(\d+ times\)/,
  )
})

test('each error ends with the link to its test in the report', () => {
  const { tests } = loadTrace(runFolder())
  const links = [...output.matchAll(/file:\/\/(\S+\/report\.html)#t=(\w+)&a=1/g)]
  const ids = tests.map(({ test: attempt }) => attempt?.replace(/#0$/, ''))
  expect([...new Set(links.map(([, , id]) => id))].sort()).toEqual(ids.sort())
  for (const [, path = ''] of links) expect(path.startsWith(`${shop}/.mesocosm/runs/`)).toBe(true)
})

test('the record has the same: the change, its plan with its cause, and the topology', () => {
  const { run, tests, events } = loadTrace(runFolder())
  expect(tests.map(({ status }) => status)).toEqual(['failed', 'failed'])
  const changes = events.filter((event) => event.k === 'env.change')
  expect(changes).toContainEqual(
    expect.objectContaining({
      s: 'worker',
      x: tests[0]?.test,
      diff: { PRICING_URL: ['http://pricing:8000', 'pricing:8000'] },
    }),
  )
  expect(changes).toContainEqual(
    expect.objectContaining({
      s: 'worker',
      cause: 'reset',
      diff: { PRICING_URL: ['pricing:8000', 'http://pricing:8000'] },
    }),
  )
  const causes = events.flatMap((event) =>
    event.k === 'plan.start' ? event.steps.map(({ cause }) => cause) : [],
  )
  expect(causes).toContain('env PRICING_URL changed')
  expect(run.topologies.shop?.services).toMatchObject({
    db: { kind: 'postgres', share: 'run' },
    worker: {
      build: 'worker',
      env: { DATABASE_URL: ['db.url'], PRICING_URL: ['pricing.http.url'] },
      needs: { db: 'healthy', pricing: 'healthy' },
    },
  })
  const edges = events.flatMap((event) =>
    event.k === 'edge.used' ? [`${event.s} → ${event.to}:${event.port}`] : [],
  )
  expect(edges).toEqual(expect.arrayContaining(['api → db:5432', 'worker → db:5432']))
  expect(new Set(edges).size).toBe(edges.length)
  expect(run.clients).toContainEqual(
    expect.objectContaining({ client: 'vitest', argv: expect.arrayContaining(['--config']) }),
  )
})
