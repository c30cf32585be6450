import { expect, test } from 'vitest'
import { ask, http, ids, scene } from '../test-scene.ts'
import { keepsEvent } from './filter-answer.ts'
import { settle } from './settle.ts'

const created = `cc33${'0'.repeat(60)}`

/** Sends a request that must be allowed, and settles what the engine answers. */
const exchange = (
  context: ReturnType<typeof scene>,
  line: string,
  status: number,
  answer: unknown,
  body?: unknown,
) => {
  const decision = ask(context, http(line, body))
  if ('refuse' in decision) throw new Error(decision.refuse.message)
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
  const settled = settle(decision.answer, { status, body: text }, context)
  return {
    status: settled.status,
    body: settled.body === '' ? undefined : JSON.parse(settled.body),
  }
}

test('a created container belongs to the session, by id and by name', () => {
  const context = scene()
  exchange(context, 'POST /containers/create?name=new', 201, { Id: created }, { Image: 'alpine' })
  expect(context.session.container('new')).toEqual({
    id: created,
    name: 'new',
    writesHost: false,
    binds: [],
  })
})

test('a container that was not created does not belong to the session', () => {
  const context = scene()
  exchange(
    context,
    'POST /containers/create?name=new',
    409,
    { message: 'in use' },
    { Image: 'alpine' },
  )
  expect(context.session.container('new')).toBeUndefined()
})

test('a renamed container is found by its new name only, and still writes the host', () => {
  const context = scene()
  exchange(context, 'POST /containers/writer/rename?name=new', 204, '')
  expect(context.session.container('new')).toMatchObject({ id: ids.writer, writesHost: true })
  expect(context.session.container('writer')).toBeUndefined()
})

test('a removed container is forgotten, also if the engine did not have it any more', () => {
  for (const status of [204, 404]) {
    const context = scene()
    exchange(
      context,
      'DELETE /containers/web?force=1',
      status,
      status === 204 ? '' : { message: 'x' },
    )
    expect(context.session.container('web')).toBeUndefined()
  }
  const context = scene()
  exchange(context, 'DELETE /containers/web', 409, { message: 'is running' })
  expect(context.session.container('web')).toBeDefined()
})

test('created networks and execs belong to the session', () => {
  const context = scene()
  exchange(context, 'POST /networks/create', 201, { Id: created }, { Name: 'net' })
  exchange(context, 'POST /containers/web/exec', 201, { Id: created }, { Cmd: ['ls'] })
  expect(context.session.network('net')?.id).toBe(created)
  expect(context.session.exec(created)?.id).toBe(ids.web)
})

test('a volume that existed before is refused, and not owned', () => {
  const context = scene()
  const create = (Labels: object | null) =>
    exchange(context, 'POST /volumes/create', 201, { Name: 'v', Labels }, { Name: 'v' })
  expect(create(null)).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('v exists') },
  })
  expect(create({ 'mesocosm.guard.session': 'another' }).status).toBe(409)
  expect(context.session.hasVolume('v')).toBe(false)
  expect(create({ 'mesocosm.guard.session': 'secret-of-the-session' }).status).toBe(201)
  expect(context.session.hasVolume('v')).toBe(true)
})

test('lists have what the session has created, whatever their labels are', () => {
  const context = scene()
  const list = (line: string, answer: unknown) => exchange(context, line, 200, answer).body
  const Labels = { 'mesocosm.guard.session': 'secret-of-the-session' }
  expect(list('GET /containers/json', [{ Id: ids.web }, { Id: ids.foreign, Labels }])).toEqual([
    { Id: ids.web },
  ])
  expect(
    list('GET /networks', [
      { Id: ids.backend, Containers: { [ids.web]: {}, [ids.foreign]: {} } },
      { Id: ids.foreign, Labels },
    ]),
  ).toEqual([{ Id: ids.backend, Containers: { [ids.web]: {} } }])
  expect(list('GET /volumes', { Volumes: [{ Name: 'data' }, { Name: 'x', Labels }] })).toEqual({
    Volumes: [{ Name: 'data' }],
    Warnings: null,
  })
  expect(list('GET /networks/bridge', { Id: 'b', Containers: { [ids.foreign]: {} } })).toEqual({
    Id: 'b',
    Containers: {},
  })
})

test('images are listed by the names that the policy allows', () => {
  const images = [
    { Id: 'a', RepoTags: ['alpine:3', 'evil:1'], RepoDigests: null },
    { Id: 'b', RepoTags: ['evil:1'], RepoDigests: [] },
    { Id: 'c', RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] },
  ]
  expect(exchange(scene(), 'GET /images/json', 200, images).body).toEqual([
    { Id: 'a', RepoTags: ['alpine:3'], RepoDigests: [] },
  ])
})

test('info has no counts of the machine', () => {
  const info = { NCPU: 2, Containers: 7, HttpProxy: 'http://user:password@proxy', Swarm: {} }
  expect(exchange(scene(), 'GET /info', 200, info).body).toEqual({ NCPU: 2 })
})

test('events are kept if they are about the session', () => {
  const { session } = scene()
  const keeps = (Type: string, ID: string) => keepsEvent({ Type, Actor: { ID } }, session)
  expect(keeps('container', ids.web)).toBe(true)
  expect(keeps('container', 'web')).toBe(false)
  expect(keeps('container', ids.foreign)).toBe(false)
  expect(keeps('network', ids.backend)).toBe(true)
  expect(keeps('volume', 'data')).toBe(true)
  expect(keeps('image', 'alpine:3')).toBe(false)
  expect(keeps('daemon', '')).toBe(false)
})
