import { defineTopology, lease } from 'mesocosm'
import { loadTrace } from 'mesocosm/operate'
import { app, envOf, get } from './lib/app.ts'
import { controlClient } from './lib/control-client.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

interface Service {
  readonly name: string
  readonly state: string
  readonly outputs: Readonly<Record<string, string>>
  readonly networkOutputs: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
}

const open = async ({ folder }: Sandbox, network = false) => {
  const lane = await lease(
    defineTopology({
      name: 'control',
      root: folder,
      services: {
        api: {
          ...app,
          env: { FEATURE: 'off' },
          exec: {
            version: () => ['node', '--version'],
            echo: (word: string) => ['echo', word],
          },
          cli: ['node', '-p', 'JSON.stringify(process.argv.slice(1))', '--'],
        },
      },
    }),
  )
  const control = await lane.control({ network })
  return { lane, control, client: controlClient(control) }
}

test('a test in any language does what a TypeScript test does, in the same trace', async ({
  sandbox,
}) => {
  const { lane, client } = await open(sandbox)
  const { call } = client
  const shown = await call<{ lane: string; services: Service[] }>('GET', '/v1/lane')
  expect(shown).toMatchObject({ status: 200, body: { lane: lane.name, topology: 'control' } })
  const [api] = shown.body.services
  expect(api?.outputs['http.url']).toBe(lane.services.api.http.url)
  expect(api?.networkOutputs['http.url']).toBe('http://api:3000')

  const begun = await call<{ id: string; test: string; mark: number }>('POST', '/v1/tests', {
    file: 'tests/SignUpTest.php',
    titlePath: ['SignUpTest', 'sends mail'],
  })
  expect(begun.status).toBe(201)

  expect(
    await call('POST', '/v1/services/api/exec', { argv: ['sh', '-c', 'cat; exit 3'], stdin: 'hi' }),
  ).toMatchObject({ status: 200, body: { exitCode: 3, stdout: 'hi', stderr: '' } })

  const changed = await call<Service>('PATCH', '/v1/services/api/env', { FEATURE: 'on', N: 1 })
  expect(changed).toMatchObject({ status: 200, body: { state: 'ready', env: { FEATURE: 'on' } } })
  expect(await envOf(lane.services.api)).toMatchObject({ FEATURE: 'on', N: '1' })
  await call('PUT', '/v1/services/api/env', { OTHER: true })
  expect(await envOf(lane.services.api)).toMatchObject({ FEATURE: 'off', OTHER: 'true' })
  expect((await envOf(lane.services.api)).N).toBeUndefined()
  await call('DELETE', '/v1/services/api/env')
  expect((await envOf(lane.services.api)).OTHER).toBeUndefined()

  const added = await call<Service>('POST', '/v1/services', {
    name: 'mail',
    image: app.image,
    command: ['node', '-e', 'require("http").createServer((_, r) => r.end("mail")).listen(8025)'],
    ports: { http: 8025 },
  })
  expect(added).toMatchObject({ status: 201, body: { name: 'mail', state: 'ready' } })
  expect(added.headers.get('location')).toBe('/v1/services/mail')
  expect(await (await fetch(added.body.outputs['http.url'] ?? '')).text()).toBe('mail')
  expect((await call('DELETE', '/v1/services/mail')).status).toBe(204)
  expect(await call('GET', '/v1/services/mail')).toMatchObject({
    status: 404,
    body: { code: 'SERVICE_UNKNOWN' },
  })

  await call('PATCH', `/v1/tests/${begun.body.id}`, { status: 'passed' })
  const { folder } = await folderOf(sandbox, lane.name)
  await lane.release()
  const trace = loadTrace(folder)
  const text = JSON.stringify(trace)
  expect(text).toContain('sends mail')
  expect(text).toContain('lane.add')
})

test('commands run as far as data says what they are', async ({ sandbox }) => {
  const { lane, client } = await open(sandbox)
  await using _ = lane
  const exec = (body: object) => client.call('POST', '/v1/services/api/exec', body)
  expect(await exec({ command: 'version' })).toMatchObject({
    body: { exitCode: 0, stdout: expect.stringMatching(/^v24/) },
  })
  expect(await exec({ command: 'create-admin', args: ['a@b.c', { role: 'root' }] })).toMatchObject({
    body: { exitCode: 0, stdout: '["create-admin","--role=root","--","a@b.c"]\n' },
  })
  expect(await exec({ command: 'echo', args: ['x'] })).toMatchObject({
    status: 404,
    body: { code: 'EXEC_NOT_FOUND', remedy: 'pass its program and arguments as `argv`' },
  })
})

test('every way to stop and start a service works, and reset restores what is declared', async ({
  sandbox,
}) => {
  const { lane, client } = await open(sandbox)
  await using _ = lane
  const act = async (action: string, body?: object) => {
    const answer = await client.call<Service>('POST', `/v1/services/api/${action}`, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.state
  }
  expect(await act('pause')).toBe('paused')
  expect(await act('unpause')).toBe('ready')
  expect(await act('stop', { graceMs: 0 })).toBe('stopped')
  expect(await client.call('POST', '/v1/services/api/exec', { argv: ['true'] })).toMatchObject({
    status: 409,
    body: { code: 'SERVICE_NOT_RUNNING' },
  })
  expect(await act('start')).toBe('ready')
  expect(await act('restart')).toBe('ready')
  expect(await act('kill')).toBe('stopped')
  expect(await act('start')).toBe('ready')
  expect(await act('disconnect')).toBe('ready')
  expect(await act('connect')).toBe('ready')
  await client.call('PATCH', '/v1/services/api/env', { FEATURE: 'on' })
  const reset = await client.call('POST', '/v1/lane/reset', { level: 'deep' })
  expect(reset).toMatchObject({ status: 200, body: { services: [{ env: { FEATURE: 'off' } }] } })
  expect((await envOf(lane.services.api)).FEATURE).toBe('off')
})

test('logs are read from a mark, waited for, and followed until the client leaves', async ({
  sandbox,
}) => {
  const { lane, client } = await open(sandbox)
  await using _ = lane
  const { mark } = (await client.call<{ mark: number }>('GET', '/v1/lane')).body
  const stop = new AbortController()
  const stream = await client.ask(`/v1/services/api/logs?follow=1&since=${mark}`, {
    signal: stop.signal,
  })
  const waiting = client.call('POST', '/v1/services/api/logs/wait', { pattern: '^line [0-9]+$' })
  await get(lane.services.api, `say?${new URLSearchParams({ text: 'line 42' })}`)
  expect(await waiting).toMatchObject({ status: 200, body: { text: 'line 42' } })
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  while (!seen.includes('line 42')) seen += (await reader?.read())?.value ?? ''
  stop.abort()
  const since = await client.call<{ text: string; mark: number }[]>(
    'GET',
    `/v1/services/api/logs?since=${mark}`,
  )
  expect(since.body.map(({ text }) => text)).toContain('line 42')
  const last = since.body.at(-1)?.mark ?? 0
  expect((await client.call('GET', `/v1/services/api/logs?since=${last}`)).body).toEqual([])
  expect(
    await client.call('POST', '/v1/services/api/logs/wait', { text: 'never', timeoutMs: 50 }),
  ).toMatchObject({ status: 504, body: { code: 'LOG_TIMEOUT', lastLogs: expect.any(Array) } })
})

// ---

const folderOf = async (sandbox: Sandbox, _lane: string) => ({
  folder: `${sandbox.folder}/.mesocosm/latest`,
})
