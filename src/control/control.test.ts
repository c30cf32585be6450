import { expect, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import { openTestControl } from '../../test/lib/memory-control.ts'
import { parentIdOf, traceIdOf } from '../trace/event/trace-context.ts'

const talker = { image: 'talker', ready: { kind: 'log', pattern: 'up' } } as const

test('every fault of a request is reported at once, and nothing is changed', async () => {
  await using made = await openTestControl()
  const { client, scene } = made
  const before = scene.calls.length
  expect(
    await client.call('POST', '/v1/services/api/exec?x=1', {
      argv: [1, 'a\0b'],
      cwd: 'relative',
      env: { 'A=B': 'x' },
      timeoutMs: -1,
      usr: 'root',
    }),
  ).toMatchObject({ status: 400, body: { code: 'ARGUMENT_INVALID' } })
  const { body } = await client.call<{ details: string[] }>(
    'PATCH',
    '/v1/services/api/env?restart=all',
    {
      'A=B': 'x',
      B: ['list'],
    },
  )
  expect(body.details).toEqual([
    expect.stringContaining('query.restart: must be "self" or "dependents"'),
    expect.stringContaining('must not contain "="'),
    expect.stringContaining('body.B: must be a string, a number'),
  ])
  expect(scene.calls.length).toBe(before)
})

test('a body needs argv or a command, and not both', async () => {
  await using made = await openTestControl()
  const exec = async (body: object) =>
    (await made.client.call<{ details: string[] }>('POST', '/v1/services/api/exec', body)).body
      .details
  expect(await exec({})).toEqual(['body: must have argv or command'])
  expect(await exec({ argv: ['a'], command: 'b' })).toEqual([
    'body: must not have both argv and command',
  ])
  expect(await exec({ argv: ['a'], args: [1] })).toEqual([
    'body: must not have args with argv: append them',
  ])
})

test('a service with `debug` answers where debuggers attach, the same each time', async () => {
  await using made = await openTestControl({
    services: {
      api: { image: 'talker', debug: { kind: 'python' }, ready: talker.ready },
      plain: { image: 'talker' },
    },
  })
  const { client, lane } = made
  const put = (name: string, body?: object) =>
    client.call<{ port: number }>('PUT', `/v1/services/${name}/debug`, body)
  const first = await put('api')
  expect(first).toMatchObject({
    status: 200,
    body: { lane: lane.name, service: 'api', kind: 'python', host: '127.0.0.1', attach: {} },
  })
  expect(Object.keys(lane.viewOf('api').env)).toContain('PYTHONPATH')
  expect((await put('api', {})).body.port).toBe(first.body.port)
  const ended = await client.call('DELETE', '/v1/services/api/debug')
  expect(ended).toMatchObject({ status: 200, body: { env: {} } })
  expect(await put('plain')).toMatchObject({
    status: 409,
    body: { code: 'DEBUGGER_UNAVAILABLE', facts: { services: ['api'] } },
  })
  expect(await put('api', { port: 0, brake: true })).toMatchObject({
    status: 400,
    body: { details: expect.arrayContaining([expect.stringContaining('must be at least 1')]) },
  })
})

test('what reaches the host or the project cannot be added', async () => {
  await using made = await openTestControl()
  const answer = await made.client.call<{ details: string[] }>('POST', '/v1/services', {
    name: 'spy',
    image: 'daemon',
    mounts: [{ from: '/', to: '/host' }],
    devices: [{ from: '/dev/sda' }],
    capAdd: ['SYS_ADMIN'],
    build: '/etc',
    from: { module: '/tmp/evil.js', export: 'x', args: [], options: {} },
    files: [{ from: '/etc/shadow', to: '/shadow' }],
    memory: 5,
  })
  expect(answer.status).toBe(400)
  const keys = answer.body.details.map((line) => line.split(':')[0])
  expect(keys).toEqual(
    expect.arrayContaining([
      ...['body.mounts', 'body.devices', 'body.capAdd', 'body.build', 'body.from'],
      ...['body.files[0].content', 'body.files[0].from', 'body.memory'],
    ]),
  )
})

test('an added service is ready when the answer comes, and its faults are those of topologies', async () => {
  await using made = await openTestControl()
  const { call } = made.client
  const body = { name: 'mail', image: 'daemon', ready: { kind: 'log', pattern: 'up' } }
  expect(await call('POST', '/v1/services', body)).toMatchObject({
    status: 201,
    body: { name: 'mail', state: 'ready' },
  })
  expect(await call('POST', '/v1/services', body)).toMatchObject({
    status: 409,
    body: { code: 'SERVICE_IN_USE' },
  })
  expect(await call('POST', '/v1/services', { ...body, name: 'self' })).toMatchObject({
    status: 400,
    body: { code: 'TOPOLOGY_INVALID' },
  })
  expect((await call('DELETE', '/v1/services/mail')).status).toBe(204)
  expect(await call('DELETE', '/v1/services/api')).toMatchObject({ status: 409 })
  expect(await call('DELETE', '/v1/services/__proto__')).toMatchObject({ status: 404 })
})

test('PATCH adds to the changes of an environment, PUT replaces them, DELETE drops them', async () => {
  await using made = await openTestControl()
  const env = async (method: string, body?: object) => {
    const { status, body: service } = await made.client.call<{ env: object }>(
      method,
      '/v1/services/api/env',
      body,
    )
    expect(status).toBe(200)
    return service.env
  }
  expect(await env('PATCH', { A: 1, B: true })).toEqual({ FEATURE: 'off', A: '1', B: 'true' })
  expect(await env('PATCH', { FEATURE: null })).toEqual({ A: '1', B: 'true' })
  expect(await env('PUT', { C: 'x' })).toEqual({ FEATURE: 'off', C: 'x' })
  expect(await env('DELETE')).toEqual({ FEATURE: 'off' })
})

test('an environment with which the service fails is undone', async () => {
  await using made = await openTestControl()
  const { call } = made.client
  await call('PATCH', '/v1/services/api/env', { A: 'kept' })
  for (const method of ['PATCH', 'PUT'])
    expect(await call(method, '/v1/services/api/env', { FAIL: 'yes' })).toMatchObject({
      status: 422,
      body: { code: 'SERVICE_EXITED', lastLogs: ['failed: yes'] },
    })
  expect(await call('GET', '/v1/services/api')).toMatchObject({
    body: { state: 'ready', env: { FEATURE: 'off', A: 'kept' } },
  })
})

test('a secret is in no record and no error', async () => {
  await using made = await openTestControl()
  const { call } = made.client
  await call('PATCH', '/v1/services/api/env', { KEY: { secret: 'hunter22' } })
  const failed = await call('PATCH', '/v1/services/api/env', { FAIL: { secret: 'hunter33' } })
  expect(failed.status).toBe(422)
  const text = JSON.stringify([made.scene.events(), failed.body])
  expect(text).not.toContain('hunter')
  expect(text).not.toContain(made.control.token)
})

test('calls, plans and events are recorded with the test that runs', async () => {
  await using made = await openTestControl()
  const { client, scene } = made
  const begun = await client.call<{ id: string; test: string; traceparent: string }>(
    'POST',
    '/v1/tests',
    { file: 'a_test.py', titlePath: ['sends mail'], reset: 'light' },
  )
  const { id, test: attempt, traceparent } = begun.body
  expect(begun.headers.get('location')).toBe(`/v1/tests/${id}`)
  await client.call('POST', '/v1/services/api/restart')
  const busy = await client.call('POST', '/v1/tests', { file: 'b', titlePath: ['b'] })
  expect(busy).toMatchObject({ status: 409, body: { code: 'LANE_BUSY', facts: { test: id } } })
  const end = { status: 'failed', error: 'no mail' }
  expect((await client.call('PATCH', `/v1/tests/${id}`, end)).body).toEqual(end)
  expect((await client.call('PATCH', `/v1/tests/${id}`, { status: 'passed' })).body).toEqual(end)
  await client.call('POST', '/v1/services/api/restart')

  const [started] = scene.events('test.start')
  expect(started).toMatchObject({
    x: attempt,
    file: 'a_test.py',
    titlePath: ['sends mail'],
    retry: 0,
  })
  expect(traceparent).toBe(`00-${traceIdOf(attempt)}-${parentIdOf(started?.i ?? '')}-01`)
  expect(scene.events('test.end')).toMatchObject([
    { x: attempt, i: started?.i, status: 'failed', error: 'no mail', touched: ['api'] },
  ])
  const calls = scene.events('call.start')
  expect(calls).toMatchObject([
    { x: attempt, p: started?.i, method: 'lane.reset' },
    { x: attempt, p: started?.i, method: 'restart', s: 'api' },
    { method: 'restart', s: 'api' },
  ])
  expect(calls.at(-1)?.x).toBeUndefined()
  expect(scene.events('plan.start').find(({ p }) => p === calls[1]?.i)?.x).toBe(attempt)
  const again = await client.call('POST', '/v1/tests', {
    file: 'a_test.py',
    titlePath: ['sends mail'],
  })
  expect(again).toMatchObject({
    status: 201,
    body: { retry: 1, test: attempt.replace('#0', '#1') },
  })
})

test('the end of the lane aborts its calls and ends its test as failed', async () => {
  await using made = await openTestControl()
  const { client, control, scene } = made
  await client.call('POST', '/v1/tests', { file: 'a', titlePath: ['a'] })
  const waiting = client.ask('/v1/services/api/logs/wait', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'never', timeoutMs: 60_000 }),
  })
  const following = await client.ask('/v1/services/api/logs?follow=1')
  await eventually(() => expect(scene.events('call.start')).toHaveLength(1))
  await control.close()
  const ended = await waiting.then(
    async (response) => (await response.json()) as unknown,
    () => ({ code: 'ABORTED' }),
  )
  expect(ended).toMatchObject({ code: 'ABORTED' })
  await following.text().catch(() => '')
  expect(scene.events('call.end')).toMatchObject([{ status: 'aborted' }])
  expect(scene.events('test.end')).toMatchObject([
    { status: 'failed', error: 'the lane was released before the test ended' },
  ])
  expect(made.listening()).toBe(0)
  await expect(client.ask('/v1/lane')).rejects.toThrow()
})

test('a client that goes away aborts its call', async () => {
  await using made = await openTestControl()
  const { client, scene } = made
  const stop = new AbortController()
  const gone = client.ask('/v1/services/api/logs/wait', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'never', timeoutMs: 60_000 }),
    signal: stop.signal,
  })
  await eventually(() => expect(scene.events('call.start')).toHaveLength(1))
  stop.abort()
  await expect(gone).rejects.toThrow()
  await eventually(() => expect(scene.events('call.end')).toMatchObject([{ status: 'aborted' }]))
  expect(made.listening()).toBe(0)
})

test('a log is read from a mark, a time, the start of the test, or that of the lease', async () => {
  await using made = await openTestControl({ services: { api: talker } })
  const { client, lane } = made
  const texts = async (query = '') =>
    (await client.call<{ text: string; mark: number }[]>('GET', `/v1/services/api/logs${query}`))
      .body
  const tick = async (times: number) => {
    await client.call('POST', '/v1/services/api/kill', { signal: 'SIGUSR1' })
    await eventually(async () =>
      expect((await texts('?since=0')).filter(({ text }) => text === 'tick')).toHaveLength(times),
    )
  }
  await tick(1)
  const first = await texts()
  expect(first.map(({ text }) => text)).toEqual(['up', 'tick'])
  expect(await texts(`?since=${first[1]?.mark}`)).toEqual([])
  expect(await texts('?since=2999-01-01T00:00:00Z')).toEqual([])
  await client.call('POST', '/v1/tests', { file: 'a', titlePath: ['a'] })
  expect(await texts()).toEqual([])
  await tick(2)
  expect((await texts()).map(({ text }) => text)).toEqual(['tick'])
  expect((await texts('?since=0')).length).toBe(3)
  expect(lane.logsAfter).toBe(0)
  expect(await client.call('GET', '/v1/services/api/logs?since=soon')).toMatchObject({
    status: 400,
  })
})

test('commands are resolved from data', async () => {
  await using made = await openTestControl({
    commands: {
      api: {
        fixed: { migrate: ['node', 'migrate.js'] },
        computed: ['seed'],
        cli: { argv: ['php', 'bin/console'] },
      },
    },
  })
  const exec = (body: object) => made.client.call('POST', '/v1/services/api/exec', body)
  expect(await exec({ command: 'seed' })).toMatchObject({
    status: 404,
    body: { code: 'EXEC_NOT_FOUND' },
  })
  expect(await exec({ command: 'migrate', args: [1] })).toMatchObject({
    status: 400,
    body: { code: 'EXEC_ARGS_INVALID' },
  })
  expect(await exec({ command: 'app:create', args: [{}, {}] })).toMatchObject({ status: 400 })
})
