import pg from 'pg'
import { askFrom, envOf } from '../lib/app.ts'
import { expect, test } from '../lib/test.ts'
import { answers, open } from './topology.ts'

test('a published port stays the same through every change of its service', async ({ sandbox }) => {
  await using lane = await open(sandbox, 'one')
  const { api } = lane.services
  const { port } = api.http
  const expectSame = async () => {
    expect(api.http.port).toBe(port)
    expect(await answers(api)).toBe(true)
  }
  await api.withEnv({ GREETING: 'changed' }, expectSame)
  await expectSame()
  await api.restart()
  await expectSame()
  await api.stop()
  await api.start()
  await expectSame()
  await api.kill()
  await api.start()
  await expectSame()
  await lane.disconnect('api')
  expect(api.http.port).toBe(port)
  await lane.connect('api')
  await expectSame()
  await lane.reset({ level: 'deep' })
  await expectSame()
})

test('a shared server keeps its port and connections while other lanes come and go', async ({
  sandbox,
}) => {
  await using one = await open(sandbox, 'one')
  const { db } = one.services
  const { port } = db
  await using connection = await connect(db.url)
  const answer = async () => {
    const { rows } = await connection.client.query('select pg_backend_pid() as pid')
    return (rows as { pid: number }[])[0]?.pid
  }
  const pid = await answer()
  for (const key of ['two', 'three', 'two']) {
    const other = await open(sandbox, key)
    expect(await answer()).toBe(pid)
    expect(other.services.db.port).toBe(port)
    await other.reset({ level: 'deep' })
    await other.release()
  }
  expect(db.port).toBe(port)
  expect(await answer()).toBe(pid)
})

test('a lane keeps its ports while another is created', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  const before = [one.services.api.http.port, one.services.store.http.port]
  await using other = await open(sandbox, 'four')
  expect([one.services.api.http.port, one.services.store.http.port]).toEqual(before)
  expect(before).not.toContain(other.services.api.http.port)
  expect(await envOf(one.services.api)).toMatchObject({ GREETING: 'hello' })
})

test('a shared server that is disconnected from one lane is still reachable from another', async ({
  sandbox,
}) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  await using connection = await connect(two.services.db.url)
  const seenFrom = async ({ services: { api } }: typeof one) =>
    (await askFrom(api, 'http://db:5432')).resolved !== undefined
  await one.disconnect('db')
  expect([await seenFrom(one), await seenFrom(two)]).toEqual([false, true])
  await one.connect('db')
  expect([await seenFrom(one), await seenFrom(two)]).toEqual([true, true])
  expect((await connection.client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

const connect = async (connectionString: string) => {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}
