import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import { rowFlag } from '../../trace/event/row-flag.ts'
import { openLive } from '../open/open-live.ts'
import { beginTestRun } from '../test-run.ts'
import { serveReport } from './serve-report.ts'

const begin = async () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-live-'))
  const run = beginTestRun(root)
  const served = await serveReport(run.folder, { everyMs: 5 })
  onTestFinished(async () => {
    await served[Symbol.asyncDispose]()
    run[Symbol.dispose]()
    rmSync(root, { recursive: true })
  })
  return { run, served, url: served.url, source: openLive(served.url, { everyMs: 1 }) }
}

const test1 = { id: 'one', lane: 'lane_1', start: 1_790_000_000_000, end: 1_790_000_000_100 }

test('a page that follows a run hears of tests and lines as they come', async () => {
  const { run, source } = await begin()
  let changes = 0
  const stop = source.follow?.(() => changes++)
  onTestFinished(() => stop?.())
  await eventually(() => expect(changes).toBeGreaterThan(0))
  expect((await source.index()).tests).toEqual([])
  const before = changes
  run.test(test1)
  run.log('lane_1', 'api', [[test1.start + 5, 'hello', 1, 0]])
  await eventually(() => expect(changes).toBeGreaterThan(before))
  await eventually(async () => {
    expect((await source.index()).tests).toMatchObject([{ test: 'one#0', status: 'passed' }])
    const logs = await source.logs()
    expect([...logs.find({ test: 0 })].map((row) => logs.text(row))).toEqual(['hello'])
  })
})

test('a page hears of the end of a run', async () => {
  const { run, source } = await begin()
  expect((await source.index()).run.status).toBe('running')
  run.record.events.write('run.end', { status: 'no client' })
  expect((await source.index()).run.status).toBe('no client')
})

test('a line that is still written is there once, as it is last', async () => {
  const { run, source } = await begin()
  const log = run.record.openLog('lane_1', 'api', 'c1')
  log.write([[1, 'pass', 1, rowFlag.partial]])
  log.write([[2, 'other', 2, 0]])
  const texts = async () => {
    const logs = await source.logs()
    return Array.from({ length: logs.length }, (_, row) => logs.text(row))
  }
  expect((await texts()).sort()).toEqual(['other', 'pass'])
  log.write([[1, 'password: done', 1, 0]])
  expect((await texts()).sort()).toEqual(['other', 'password: done'])
})

test('a page without changes asks for nothing twice', async () => {
  const { run, url } = await begin()
  run.log('lane_1', 'api', [[1, 'x'.repeat(100_000), 1, 0]])
  const sizes: number[] = []
  const source = openLive(url, {
    fetch: async (...args) => {
      const response = await fetch(...args)
      const text = await response.text()
      sizes.push(text.length)
      return new Response(text, response)
    },
  })
  await source.logs()
  const first = sizes.splice(0)
  await source.logs()
  expect(Math.max(...first)).toBeGreaterThan(100_000)
  expect(Math.max(...sizes)).toBeLessThan(1_000)
})

const statusOf = (url: string, options: object = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end((options as { body?: string }).body)
  })

test('only who knows the address gets anything', async () => {
  const { url } = await begin()
  expect(new URL(url).hostname).toBe('127.0.0.1')
  const { origin } = new URL(url)
  expect(await statusOf(url)).toBe(200)
  expect(await statusOf(origin)).toBe(404)
  expect(await statusOf(`${origin}/${'A'.repeat(32)}/`)).toBe(404)
  expect(await statusOf(url, { headers: { host: 'evil.test' } })).toBe(404)
  expect(await statusOf(`${url}run.json`)).toBe(404)
  expect(await statusOf(url, { path: `${new URL(url).pathname}blob/../run.json` })).toBe(404)
})

test('odd positions are read as the beginning, and odd requests are refused', async () => {
  const { run, url } = await begin()
  run.log('lane_1', 'api', [[1, 'hello', 1, 0]])
  const post = async (path: string, body: string) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body })
    return { status: response.status, text: await response.text() }
  }
  const cursor = JSON.stringify({ '../../etc/passwd': 0, 'ev/owner.ndjson': -5, __proto__: 1 })
  expect((await post('events', cursor)).text).toContain('run.start')
  expect((await post('logs', '{}')).text).toContain('hello')
  expect((await post('logs', 'null')).status).toBe(400)
  expect((await post('logs', '{')).status).toBe(400)
  expect((await post('files', '{}')).status).toBe(404)
  expect((await post('', '{}')).status).toBe(404)
})

test('the page runs its own script alone, and talks to its server alone', async () => {
  const { url } = await begin()
  const response = await fetch(url)
  const html = await response.text()
  const [, policy = ''] = /content="(default-src[^"]*)"/.exec(html) ?? []
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'self'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('the server ends with its signal', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-live-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  using run = beginTestRun(root)
  const stop = new AbortController()
  const { url } = await serveReport(run.folder, { signal: stop.signal })
  const changes = await fetch(`${url}changes`)
  stop.abort()
  await expect(changes.text())
    .resolves.toContain('begin')
    .catch(() => {})
  await eventually(async () => expect(fetch(url)).rejects.toThrow())
})

test('a folder that is not the record of a run is refused', async () => {
  const folder = join(tmpdir(), 'mesocosm-no-run')
  expect(existsSync(folder)).toBe(false)
  await expect(serveReport(folder)).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' })
})
