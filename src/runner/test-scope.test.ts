import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { OpenLane } from '../client/lane/open-lane.ts'
import { createCallJournal } from '../client/record/call-journal.ts'
import type { AnyTopology } from '../define/topology.ts'
import { openEventFile } from '../trace/write/event-file.ts'
import { createRedactor } from '../trace/write/redact.ts'
import { announceTest, beginTest, type TestFacts } from './test-scope.ts'

const fixture = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-scope-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const events = openEventFile(join(folder, 'w.ndjson'), 'client', 'w1', createRedactor())
  const record = {
    events,
    redactor: createRedactor(),
    calls: createCallJournal(),
    test: undefined,
    stack: ['w1.1'] as string[],
  }
  const done: string[] = []
  const service = (name: string, lines: readonly string[]) => ({
    logs: {
      clear: () => void done.push(`clear ${name}`),
      lines: () => lines.map((text) => ({ text, stream: 'stdout' })),
    },
  })
  const lane = {
    services: {
      api: service('api', ['one', 'two']),
      db: service('db', ['three']),
    } as Record<string, object>,
    reset: async ({ level }: { level?: string } = {}) =>
      void done.push(`reset ${level ?? 'light'}`),
  }
  const collected: (string | undefined)[] = []
  const captures = {
    test: undefined as string | undefined,
    collect: async () => void collected.push(captures.test),
  }
  const added = new Map<string, object>()
  const view = (name: string) => ({ logLane: name === 'shared' ? 'run' : 'lane_1' })
  const link = { name: 'lane_1', record, captures, added, view }
  const open = { lane, link } as unknown as OpenLane<AnyTopology>
  return {
    open,
    services: lane.services,
    added,
    service,
    record,
    done,
    collected,
    written: () =>
      readFileSync(events.path, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line)),
  }
}

const facts = (more: Partial<TestFacts> = {}): TestFacts => ({
  id: 'abc',
  retry: 0,
  file: 'a.test.ts',
  titlePath: ['sign-up', 'sends mail'],
  ...more,
})

test('the first test keeps the lane as leased; each later one resets it and then clears the logs', async () => {
  const { open, done } = fixture()
  await beginTest(open, facts(), { first: true })
  expect(done.splice(0)).toEqual(['clear api', 'clear db'])
  await beginTest(open, facts(), { first: false })
  expect(done).toEqual(['reset light', 'clear api', 'clear db'])
})

test('a retry resets deep, also when it is the first test', async () => {
  const { open, done } = fixture()
  await beginTest(open, facts({ retry: 1 }), { first: true })
  expect(done[0]).toBe('reset deep')
})

test('the record has the start and the end of a test, with the services it used and its outcome', async () => {
  const { open, record, written } = fixture()
  const scope = await beginTest(open, facts({ retry: 2 }), { first: false })
  expect(record.test).toBe('abc#2')
  scope.touch('api')
  scope.touch('api')
  scope.end({ status: 'failed', error: 'expected 1' })
  expect(record).toMatchObject({ test: undefined })
  expect(written()).toMatchObject([
    { k: 'test.start', x: 'abc#2', l: 'lane_1', file: 'a.test.ts', retry: 2 },
    { k: 'test.end', x: 'abc#2', status: 'failed', error: 'expected 1', touched: ['api'] },
  ])
})

test('last log lines are those of the services that the test used', async () => {
  const { open } = fixture()
  const scope = await beginTest(open, facts(), { first: true })
  expect(scope.lastLogs()).toEqual([])
  scope.touch('api')
  scope.touch('removed')
  expect(scope.lastLogs()).toEqual(['api | one', 'api | two'])
})

test('errors are those of all services of the lane, touched and added ones included, but not of servers that others use', async () => {
  const { open, services, added, service } = fixture()
  services.worker = service('worker', ['ERROR no price', 'order 1 done'])
  services.shared = service('shared', ['ERROR of another lane'])
  const scope = await beginTest(open, facts(), { first: true })
  added.set('outbox', service('outbox', ['ERROR no space']))
  expect(scope.errorLogs()).toEqual(['worker | ERROR no price', 'outbox | ERROR no space'])
  scope.touch('shared')
  expect(scope.errorLogs()[0]).toBe('shared | ERROR of another lane')
})

test('the end of an earlier test leaves the current one alone', async () => {
  const { open, record } = fixture()
  const earlier = await beginTest(open, facts(), { first: true })
  await beginTest(open, facts({ id: 'def' }), { first: false })
  earlier.end({ status: 'passed' })
  expect(record.test).toBe('def#0')
})

test('a test that never got a lane is recorded with its result and times, and leaves the current one alone', () => {
  const { open, record, written } = fixture()
  announceTest(open.link.record, facts(), 1000).end({ status: 'skipped', error: 'todo' }, 1234.5)
  expect(written()).toMatchObject([
    { k: 'test.start', t: 1000, x: 'abc#0', titlePath: ['sign-up', 'sends mail'] },
    { k: 'test.end', t: 1234.5, x: 'abc#0', status: 'skipped', error: 'todo', touched: [] },
  ])
  expect(record).toMatchObject({ test: undefined, stack: ['w1.1'] })
})

test('what a service captured before a test is not the test’s, also if nothing is reset', async () => {
  const { open, collected } = fixture()
  await beginTest(open, facts(), { first: true })
  expect(collected).toEqual([undefined])
  expect(open.link.captures.test).toBe('abc#0')
})
