import { defineTopology, lease } from 'mesocosm'
import { expect, test } from '../../../test/lib/test.ts'
import { postgres } from './index.ts'

test('a statement that never ends is ended by its timeout, and by the reset of its lane', async ({
  sandbox,
}) => {
  const topology = defineTopology({
    name: 'statements',
    root: sandbox.folder,
    services: { db: postgres() },
  })
  await using lane = await lease(topology)
  const { db } = lane.services
  const forever = 'select pg_sleep(600)'
  await expect(db.query(forever, [], { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    facts: { service: 'db' },
  })
  const left = expect(db.query(forever)).rejects.toMatchObject({
    code: 'ABORTED',
    message: expect.stringContaining('await every call'),
  })
  await db.query('select 1')
  await lane.reset()
  await left
  expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  await expect(db.query('select nothing')).rejects.toMatchObject({ code: '42703' })
  expect(await db.query('select 2 as two')).toEqual([{ two: 2 }])
})
