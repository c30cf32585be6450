import { mkdirSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { lease } from 'mesocosm'
import { get } from '../lib/app.ts'
import { isAlive } from '../lib/child.ts'
import { ask, madeBy } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { test as base, expect } from '../lib/test.ts'
import { eventsIn } from './events-in.ts'
import { declare } from './topology.ts'

interface Who {
  readonly who: string
  readonly pid: number
  readonly cwd: string
}

const open = (sandbox: Sandbox) => {
  mkdirSync(join(sandbox.folder, 'watched'), { recursive: true })
  writeFileSync(join(sandbox.folder, 'watched', 'reply.txt'), 'one')
  return lease(declare(sandbox.folder))
}

/** One topology for all tests of the file, which put back what they change. */
const test = base.extend('lane', { scope: 'file' }, async ({ sandbox }, { onCleanup }) => {
  const lane = await open(sandbox)
  onCleanup(() => lane.release().catch(() => undefined))
  return lane
})

type Lane = Awaited<ReturnType<typeof open>>
type Api = Lane['services']['api']

const whoIs = (api: Api) => get<Who>(api, 'who')

/** Who answers another service at the address that it has for the api. */
const seenFrom = (web: Lane['services']['web']) =>
  get<Who>(web, `ask?${new URLSearchParams({ url: 'http://api:3000/who' })}`)

test('a process takes the place of the container at the same addresses, and gives it back', async ({
  lane,
}) => {
  const { api, web, db } = lane.services
  const { url } = api.http
  const asked = get<Record<string, string>>
  expect(await whoIs(api)).toMatchObject({ who: 'container' })
  const answer = await api.swap(async () => {
    expect(api.http.url).toBe(url)
    const here = await whoIs(api)
    expect(here).toMatchObject({ who: 'process', cwd: import.meta.dirname })
    expect(isAlive(here.pid)).toBe(true)
    // From the test, and from a service in its container.
    expect(await seenFrom(web)).toEqual(here)
    const env = await asked(api, 'env')
    expect(env).toMatchObject({ DATABASE_URL: db.url, WEB: web.http.url, GREETING: 'hello' })
    expect(api.env).toMatchObject({ DATABASE_URL: db.url, WHO: 'process' })
    expect(
      await get(api, `sql?${new URLSearchParams({ text: 'select 40 + 2 as answer' })}`),
    ).toEqual([{ answer: 42 }])
    expect(
      await get<Who>(api, `ask?${new URLSearchParams({ url: `${web.http.url}/who` })}`),
    ).toMatchObject({
      who: 'container',
    })
    return 'done'
  })
  expect(answer).toBe('done')
  expect(api.http.url).toBe(url)
  expect(await whoIs(api)).toMatchObject({ who: 'container' })
  expect(await seenFrom(web)).toMatchObject({ who: 'container' })
  expect(await asked(api, 'env')).toMatchObject({ DATABASE_URL: expect.stringContaining('@db:') })
})

test('programs, output, environment and life of the service are those of the process', async ({
  lane,
}) => {
  const { api } = lane.services
  const { url } = api.http
  await using _ = await api.swap()
  const first = await whoIs(api)

  const { stdout, exitCode } = await api.run(['node', '-p', 'process.cwd() + process.env.WHO'])
  expect({ stdout: stdout.trim(), exitCode }).toEqual({
    stdout: `${import.meta.dirname}process`,
    exitCode: 0,
  })

  api.logs.clear()
  await get(api, `say?${new URLSearchParams({ out: 'to stdout', err: 'to stderr' })}`)
  await api.logs.waitFor('to stdout')
  await api.logs.waitFor('to stderr')
  expect(api.logs.lines()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ stream: 'stdout', text: 'to stdout' }),
      expect.objectContaining({ stream: 'stderr', text: 'to stderr' }),
    ]),
  )

  await api.withEnv({ GREETING: 'hi' }, async () => {
    expect(await get(api, 'env')).toMatchObject({ GREETING: 'hi', WHO: 'process' })
    expect(api.http.url).toBe(url)
  })
  expect(await get(api, 'env')).toMatchObject({ GREETING: 'hello', WHO: 'process' })
  await eventually(() => expect(isAlive(first.pid)).toBe(false))

  const before = await whoIs(api)
  await api.restart()
  const after = await whoIs(api)
  expect(after).toMatchObject({ who: 'process' })
  expect(after.pid).not.toBe(before.pid)

  await api.pause()
  await expect(fetch(`${url}/who`, { signal: AbortSignal.timeout(500) })).rejects.toThrow()
  await api.unpause()
  expect(await whoIs(api)).toEqual(after)

  await api.stop()
  await expect(fetch(`${url}/who`)).rejects.toThrow()
  expect(isAlive(after.pid)).toBe(false)
  await api.start()
  expect(await whoIs(api)).toMatchObject({ who: 'process' })

  await api.kill()
  await expect(api.run(['true'])).rejects.toMatchObject({ code: 'SERVICE_NOT_RUNNING' })
  await api.start()
  expect(await whoIs(api)).toMatchObject({ who: 'process' })
})

test('debuggers attach to the process, also after it was started again', async ({ lane }) => {
  const { api } = lane.services
  await using _ = await api.swap()
  await using debugging = await api.debug()
  const attached = async () => {
    const response = await fetch(`http://127.0.0.1:${debugging.port}/json/list`)
    const [target] = (await response.json()) as { url: string }[]
    expect(target?.url).toContain(join(import.meta.dirname, 'api.cjs'))
  }
  await eventually(attached)
  await api.restart()
  await eventually(attached)
})

test('spans of a process are in the record', async ({ lane, sandbox }) => {
  const { api } = lane.services
  await using _ = await api.swap()
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_RESOURCE_ATTRIBUTES = '' } = await get<
    Record<string, string>
  >(api, 'env')
  const attributes = OTEL_RESOURCE_ATTRIBUTES.split(',').map((pair) => {
    const [key, value = ''] = pair.split('=')
    return { key, value: { stringValue: decodeURIComponent(value) } }
  })
  const now = `${Date.now()}000000`
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name: 'sent by a process',
    startTimeUnixNano: now,
    endTimeUnixNano: now,
  }
  const body = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] }
  const sent = await api.run([
    ...[
      'node',
      '-e',
      'fetch(process.argv[1], JSON.parse(process.argv[2])).then((r) => console.log(r.status))',
    ],
    `${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
    JSON.stringify({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  ])
  expect(sent.stdout.trim()).toBe('200')
  await eventually(() =>
    expect(eventsIn(sandbox, 'otlp.span')).toContainEqual(
      expect.objectContaining({ name: 'sent by a process', l: lane.name, s: 'api' }),
    ),
  )
})

test('the end of a process is reported like that of a container', async ({ lane, sandbox }) => {
  const { api } = lane.services
  await using _ = await api.swap()
  await fetch(`${api.http.url}/exit?code=5`).catch(() => undefined)
  const crashed = await eventually(async () => {
    const error = await api.run(['true']).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'SERVICE_NOT_RUNNING' })
    return error
  })
  expect(crashed).toMatchObject({
    facts: { service: 'api', exitCode: 5 },
    lastLogs: expect.arrayContaining(['gives up']),
  })
  await expect(fetch(`${api.http.url}/who`)).rejects.toThrow()
  await api.start()
  const { pid } = await whoIs(api)
  process.kill(pid, 'SIGKILL')
  await eventually(async () =>
    expect(await api.run(['true']).catch((error: unknown) => error)).toMatchObject({
      code: 'SERVICE_NOT_RUNNING',
      facts: { exitCode: 137 },
    }),
  )
  await eventually(() => {
    const states = eventsIn(sandbox, 'svc.state')
    const ends = states.filter(({ s, exitCode }) => s === 'api' && exitCode !== undefined)
    expect(ends).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ exitCode: 5, by: 'crash' }),
        expect.objectContaining({ exitCode: 137, by: 'crash' }),
      ]),
    )
  })
})

test('a process that does not start fails with its output, and the container comes back', async ({
  lane,
}) => {
  const { api, web } = lane.services
  const { url } = api.http
  const refuse = { command: ['sh', '-c', 'echo starts; echo refuses >&2; exit 7'] }
  await expect(api.swap(refuse)).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'api', exitCode: 7 },
    lastLogs: expect.arrayContaining(['refuses']),
  })
  expect(api.http.url).toBe(url)
  expect(await whoIs(api)).toMatchObject({ who: 'container' })
  await expect(web.swap()).rejects.toMatchObject({
    code: 'LOCAL_UNSUPPORTED',
    remedy: expect.stringContaining('local:'),
  })
  await expect(api.swap({ command: [] })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
  await expect(api.swap({ command: ['no-such-program'] })).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
  })
})

test('a service without `local` is swapped by the command of the call, with its folder', async ({
  lane,
  sandbox,
}) => {
  const { web, api } = lane.services
  const program = join(import.meta.dirname, 'api.cjs')
  // #region command
  await web.swap({ command: ['node', program], cwd: 'watched' }, async () => {
    // #endregion
    const here = await whoIs(web as unknown as Api)
    expect(here.cwd).toBe(join(sandbox.folder, 'watched'))
    expect(
      await get<Who>(api, `ask?${new URLSearchParams({ url: 'http://web:3000/who' })}`),
    ).toEqual(here)
  })
})

test('a changed file starts the process again', async ({ lane, sandbox }) => {
  const { api } = lane.services
  // #region swap
  await using _ = await api.swap()
  // #endregion
  const before = await whoIs(api)
  expect(await get(api, 'reply')).toBe('one')
  writeFileSync(join(sandbox.folder, 'watched', 'reply.txt'), 'two')
  await eventually(async () => {
    const after = await whoIs(api)
    expect(after.pid).not.toBe(before.pid)
    expect(after.who).toBe('process')
  })
  expect(await get(api, 'reply')).toBe('two')
  // Also after a crash, which the change may have mended.
  await fetch(`${api.http.url}/exit?code=3`).catch(() => undefined)
  await eventually(() =>
    expect(api.run(['true'])).rejects.toMatchObject({ code: 'SERVICE_NOT_RUNNING' }),
  )
  writeFileSync(join(sandbox.folder, 'watched', 'reply.txt'), 'three')
  await eventually(async () => expect(await get(api, 'reply')).toBe('three'))
  const [changed] = eventsIn(sandbox, 'svc.changed').slice(-1)
  expect(changed).toMatchObject({ s: 'api', files: [join(sandbox.folder, 'watched', 'reply.txt')] })
})

test('no request fails but during a change, over 50 swaps in and out', async ({ lane }) => {
  const { api } = lane.services
  const { url } = api.http
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  const traffic = { stable: true, round: 0, expected: 'container' }
  const failures: unknown[] = []
  const swaps: AsyncDisposable[] = []
  let answered = 0
  let over = false
  const send = (own: Agent | false) =>
    new Promise<string>((resolve, reject) => {
      const sent = request(`${url}/who`, { agent: own }, (response) => {
        let text = ''
        response.on('data', (part) => (text += part))
        response.on('end', () => resolve((JSON.parse(text) as Who).who))
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end()
    })
  const client = async (own: Agent | false) => {
    while (!over) {
      const { stable, round, expected } = traffic
      const result = await send(own).catch((error: unknown) => error)
      const isCalm = stable && traffic.stable && round === traffic.round
      if (isCalm && result !== expected) failures.push({ round, expected, result })
      if (isCalm && result === expected) answered += 1
    }
  }
  const clients = [client(agent), client(false)]
  const enough = async (least: number) => eventually(() => expect(answered).toBeGreaterThan(least))
  for (let round = 1; round <= 50; round++) {
    const isIn = round % 2 === 1
    traffic.stable = false
    const swap = isIn ? await api.swap() : undefined
    if (swap !== undefined) swaps.push(swap)
    else await swaps.pop()?.[Symbol.asyncDispose]()
    Object.assign(traffic, { stable: true, round, expected: isIn ? 'process' : 'container' })
    expect(api.http.url).toBe(url)
    await enough(answered + 5)
  }
  over = true
  await Promise.all(clients)
  agent.destroy()
  expect(failures).toEqual([])
})

test('a relay whose container was removed is made again', async ({ lane, sandbox }) => {
  const { api } = lane.services
  await using _ = await api.swap()
  const { containers } = await madeBy(sandbox.runs().at(-1) ?? '')
  const relays = containers.filter(
    ({ role, service }) => String(role) === 'relay' && service === 'api',
  )
  expect(relays).toHaveLength(1)
  await ask({ method: 'DELETE', path: `/containers/${relays[0]?.id}`, query: { force: '1' } })
  await eventually(async () => expect(await whoIs(api)).toMatchObject({ who: 'process' }))
})

test('a reset puts the container back', async ({ lane, sandbox }) => {
  const { api } = lane.services
  await api.swap()
  const { pid } = await whoIs(api)
  await lane.reset()
  expect(await whoIs(api)).toMatchObject({ who: 'container' })
  expect(isAlive(pid)).toBe(false)
  expect(eventsIn(sandbox, 'svc.swap').at(-1)).toMatchObject({
    s: 'api',
    to: 'container',
    cause: 'reset',
  })
})

test('MESOCOSM_LOCAL runs services as processes for a lease, over resets', async ({
  lane,
  sandbox,
}) => {
  // The other lane is held.
  void lane
  process.env.MESOCOSM_LOCAL = 'api'
  try {
    await using other = await open(sandbox)
    const { api, web } = other.services
    const here = await whoIs(api)
    expect(here).toMatchObject({ who: 'process' })
    expect(await seenFrom(web)).toEqual(here)
    await other.reset({ level: 'deep' })
    expect(await whoIs(api)).toMatchObject({ who: 'process' })
    process.env.MESOCOSM_LOCAL = 'api,wbe'
    await expect(open(sandbox)).rejects.toMatchObject({
      code: 'SERVICE_UNKNOWN',
      remedy: 'use one of db, web, api',
    })
    process.env.MESOCOSM_LOCAL = 'web'
    await expect(open(sandbox)).rejects.toMatchObject({ code: 'LOCAL_UNSUPPORTED' })
  } finally {
    delete process.env.MESOCOSM_LOCAL
  }
  await using other = await open(sandbox)
  expect(await whoIs(other.services.api)).toMatchObject({ who: 'container' })
})

test('a process does not outlive a killed supervisor', async ({ lane, sandbox }) => {
  const { api } = lane.services
  await api.swap()
  const { pid } = await whoIs(api)
  process.kill(sandbox.supervisorOf(sandbox.runs().at(-1) ?? ''), 'SIGKILL')
  await eventually(() => expect(isAlive(pid)).toBe(false))
})
