import { app, askFrom, envOf } from '../lib/app.ts'
import { labelled, madeBy } from '../lib/engine.ts'
import { expect, test } from '../lib/test.ts'
import { notes, open, write } from './topology.ts'

test('three lanes on one shared server do not see data of each other', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  await using three = await open(sandbox, 'three')
  const lanes = [one, two, three]

  await Promise.all(lanes.map((lane) => write(lane, `from ${lane.name}`)))
  for (const lane of lanes) expect(await notes(lane)).toEqual(['as declared', `from ${lane.name}`])
  expect(new Set(lanes.map(({ services }) => services.db.port)).size).toBe(1)
  expect(new Set(lanes.map(({ services }) => services.db.url)).size).toBe(3)

  const { containers, networks } = await madeBy(sandbox.runs().at(-1) ?? '')
  const servers = containers.filter(({ service, role }) => service === 'db' && role === 'program')
  expect(servers).toHaveLength(1)
  // One per lane, and one for the server itself.
  expect(networks).toHaveLength(4)
})

test('a lane resolves only its own services', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  await using _ = await two.add('extra', app)
  expect(await askFrom(two.services.api, 'http://extra:3000/health')).toMatchObject({
    answer: '"ok"',
  })
  expect(await askFrom(one.services.api, 'http://extra:3000/health')).toEqual({})
})

test('a service name resolves to the instance of the same lane', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  await using _ = await two.services.store.withEnv({ GREETING: 'from the second lane' })
  const storeSeenFrom = async ({ services: { api } }: typeof one) => {
    const { answer = '{}' } = await askFrom(api, 'http://store:3000/env')
    return (JSON.parse(answer) as { GREETING?: string }).GREETING
  }
  expect(await storeSeenFrom(two)).toBe('from the second lane')
  expect(await storeSeenFrom(one)).toBeUndefined()
})

test('the address of a service in another lane is unreachable', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  const { stdout } = await two.services.store.run(['hostname', '-i'])
  const url = `http://${stdout.trim().split(' ')[0]}:3000/health`
  expect(await askFrom(two.services.api, url)).toMatchObject({ answer: '"ok"' })
  expect((await askFrom(one.services.api, url)).answer).toBeUndefined()
})

test('every lane reaches the shared server by its name and has its own database', async ({
  sandbox,
}) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  for (const { name, services } of [one, two]) {
    const { DATABASE = '' } = await envOf(services.api)
    const { hostname, pathname } = new URL(DATABASE)
    expect([hostname, pathname]).toEqual(['db', `/app_${name}`])
    expect(await askFrom(services.api, 'http://db:5432')).toHaveProperty('resolved')
  }
})

test('all containers of a lane have labels of run and lane', async ({ sandbox }) => {
  await using lane = await open(sandbox, 'one')
  const run = sandbox.runs().at(-1) ?? ''
  const { containers } = await labelled('dev.mesocosm.lane', lane.name)
  const ours = (await madeBy(run)).containers.filter((container) => container.lane === lane.name)
  expect(containers).toEqual(expect.arrayContaining(ours))
  expect(ours.map(({ service, role }) => `${service} ${role}`).sort()).toEqual([
    'api program',
    'api sandbox',
    'store program',
    'store sandbox',
  ])
})
