import { expect, test } from 'vitest'
import { plugin } from '../../define/plugin-node.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { LaneView } from '../../model/service-view.ts'
import { LaneLink } from '../lane/lane-link.ts'
import { createMemoryRecord } from '../record/memory-record.ts'
import type { Caller } from '../session/caller.ts'
import type { Session } from '../session/connect.ts'
import { createServiceHandle } from './service-handle.ts'

const view: LaneView = {
  lane: 'lane_1',
  services: [
    {
      name: 'db',
      state: 'ready',
      outputs: {
        host: '127.0.0.1',
        port: '4321',
        'sql.host': '127.0.0.1',
        'sql.port': '4321',
        'sql.url': 'postgres://127.0.0.1:4321',
        url: 'postgres://127.0.0.1:4321/app',
      },
      env: { A: '1' },
      logLane: 'lane_1',
      logName: 'db',
    },
  ],
}

const newLink = (answer: object = {}) => {
  const asked: unknown[] = []
  const call = async (method: string, params: object) => {
    asked.push([method, params])
    return answer
  }
  const session = { caller: { call } as unknown as Caller, facts: { folder: '/run' } } as Session
  const record = createMemoryRecord()
  return { link: new LaneLink(session, record, { ...view, logsAfter: 0 }), asked, record }
}

const handleOf = <T>(definition: object, link = newLink().link) =>
  createServiceHandle(link, 'db', definition, async () => {}) as T

/** A plugin whose client notes when it is made. */
const withClient = () => {
  const made: string[] = []
  const definition = {
    ports: { sql: 5432 },
    outputs: { url: '' },
    [plugin]: {
      name: 'sql',
      options: {},
      client: (service: { name: string; outputs: { url: string } }) => {
        made.push(service.name)
        return {
          kind: 'client',
          async query(text: string) {
            return `${text} at ${service.outputs.url} by ${(this as { kind: string }).kind}`
          },
        }
      },
    },
  }
  return { made, definition }
}

test('ports, outputs and environment come from the latest view of the lane', () => {
  const { link } = newLink()
  const db = handleOf<{ sql: { url: string; port: number }; url: string; env: object }>(
    { ports: { sql: 5432 }, outputs: { url: '' } },
    link,
  )
  expect(db.sql.port).toBe(4321)
  expect(db.url).toBe('postgres://127.0.0.1:4321/app')
  expect(db.env).toEqual({ A: '1' })
  link.see({ lane: 'lane_1', services: [], gone: ['db'] })
  expect(() => db.sql.url).toThrow(/db.sql.url is not known/)
})

test('commands run in the service', async () => {
  const { link, asked } = newLink({ exitCode: 0, stdout: '', stderr: '', durationMs: 1 })
  const definition = { exec: { seed: (rows: number) => ['seed', String(rows)] } }
  const db = handleOf<{ exec: { seed(rows: number): Promise<object> } }>(definition, link)
  expect(await db.exec.seed(3)).toMatchObject({ exitCode: 0 })
  expect(asked).toMatchObject([['exec', { service: 'db', request: { argv: ['seed', '3'] } }]])
})

test('the client of a plugin is created when one of its methods is first used', async () => {
  const { made, definition } = withClient()
  const db = handleOf<{ query(text: string): Promise<string>; name: string }>(definition)
  expect(db.name).toBe('db')
  expect(made).toEqual([])
  expect(await db.query('select 1')).toBe('select 1 at postgres://127.0.0.1:4321/app by client')
  const { query } = db
  expect(await query('again')).toContain('by client')
  expect('query' in db).toBe(true)
  expect('nothing' in db).toBe(false)
  expect(made).toEqual(['db'])
})

test('awaiting, printing or comparing a handle creates no client', async () => {
  const { made, definition } = withClient()
  const db = handleOf<object>(definition)
  expect(await db).toBe(db)
  JSON.stringify(db)
  expect(db).toEqual(db)
  expect('then' in db).toBe(false)
  expect(made).toEqual([])
})

test('every method is a span with its arguments, its parent and how it ended', async () => {
  const { definition } = withClient()
  const { link, record } = newLink({ services: [] })
  record.redactor.add(['hunter2'])
  record.test = 't#0'
  const db = handleOf<{
    query(text: string, options?: object): Promise<string>
    kill(): Promise<void>
  }>(definition, link)
  const { signal } = new AbortController()
  await link.act('lane.reset', {}, () => db.query('set password hunter2', { signal, deep: [1] }))
  await db.kill()
  expect(record.written).toMatchObject([
    { k: 'call.start', i: 'm.1', x: 't#0', l: 'lane_1', method: 'lane.reset' },
    {
      k: 'call.start',
      i: 'm.2',
      p: 'm.1',
      s: 'db',
      method: 'query',
      args: ['set password •••', { deep: [1] }],
    },
    { k: 'call.end', i: 'm.2', status: 'done', ms: expect.any(Number) },
    { k: 'call.end', i: 'm.1', status: 'done' },
    { k: 'call.start', i: 'm.3', s: 'db', method: 'kill', args: ['SIGKILL'] },
    { k: 'call.end', i: 'm.3', status: 'done' },
  ])
})

test('a call that fails leaves its code and first sentence in the record', async () => {
  const { link, record } = newLink()
  const failure = new MesocosmError({ code: 'LOG_TIMEOUT', message: 'no such line', remedy: 'x' })
  await expect(link.act('logs.waitFor', {}, () => Promise.reject(failure))).rejects.toBe(failure)
  expect(() =>
    link.act('sync', {}, () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(record.written.filter(({ k }) => k === 'call.end')).toMatchObject([
    { status: 'timeout', error: { code: 'LOG_TIMEOUT', message: 'no such line' } },
    { status: 'failed', error: { message: 'no' } },
  ])
})

/** A plugin whose method fails as a client library does when its connection is refused. */
const refused = {
  ports: { sql: 5432 },
  [plugin]: {
    name: 'sql',
    options: {},
    client: () => ({
      async query() {
        throw new MesocosmError({
          code: 'SERVICE_CLIENT_FAILED',
          message: 'db does not answer: connect ECONNREFUSED',
          remedy: 'look at it',
          facts: { service: 'db' },
        })
      },
    }),
  },
}

test('a method of a plugin says that its service has ended, with the exit code', async () => {
  const [service] = view.services
  const ended = { ...service, state: 'exited', exitCode: 4 }
  const { link } = newLink({ lanes: [{ lane: 'lane_1', services: [ended] }] })
  const db = handleOf<{ query(): Promise<void> }>(refused, link)
  await expect(db.query()).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    message: expect.stringContaining('ECONNREFUSED; db exited with code 4'),
    remedy: expect.stringContaining('db.start() starts it again'),
    facts: { service: 'db', lane: 'lane_1', exitCode: 4 },
  })
})

test('a method of a plugin whose service runs throws its own error, also without a supervisor', async () => {
  for (const answer of [{ lanes: [{ lane: 'lane_1', services: view.services }] }, {}]) {
    const db = handleOf<{ query(): Promise<void> }>(refused, newLink(answer).link)
    await expect(db.query()).rejects.toMatchObject({
      message: expect.stringMatching(/^db does not answer: connect ECONNREFUSED \[/),
      remedy: 'look at it',
    })
  }
})
