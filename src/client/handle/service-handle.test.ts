import { expect, test } from 'vitest'
import { plugin } from '../../define/plugin-node.ts'
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
  return { link: new LaneLink(session, record, view), asked, record }
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

test('ports, outputs and environment are those of the lane as it was seen last', () => {
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

test('commands are run in the service', async () => {
  const { link, asked } = newLink({ exitCode: 0, stdout: '', stderr: '', durationMs: 1 })
  const definition = { exec: { seed: (rows: number) => ['seed', String(rows)] } }
  const db = handleOf<{ exec: { seed(rows: number): Promise<object> } }>(definition, link)
  expect(await db.exec.seed(3)).toMatchObject({ exitCode: 0 })
  expect(asked).toMatchObject([['exec', { service: 'db', request: { argv: ['seed', '3'] } }]])
})

test('the plugin’s methods are beside the common ones, and made when first used', async () => {
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

test('awaiting, printing or comparing a handle makes no client', async () => {
  const { made, definition } = withClient()
  const db = handleOf<object>(definition)
  expect(await db).toBe(db)
  JSON.stringify(db)
  expect(db).toEqual(db)
  expect('then' in db).toBe(false)
  expect(made).toEqual([])
})
