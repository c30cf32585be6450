import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createDockerRuntime } from '../../src/docker/docker-runtime.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { login, openRegistry, type PushedImage, type Registry } from '../lib/registry.ts'

/*
 * Pulls from Debian's registry, which speaks for itself, and from addresses of it that break what they pass on. What is
 * not here: mirrors, which belong to the configuration of the engine and need its restart.
 */

let open: Registry
let closed: Registry
let runtime: Runtime
let small: PushedImage
const pulled = new Set<string>()
const folder = mkdtempSync(join(tmpdir(), 'mesocosm-pulls-'))

beforeAll(async () => {
  ;[open, closed] = await Promise.all([openRegistry(), openRegistry({ isPrivate: true })])
  runtime = await createDockerRuntime({ patience: { quietMs: 1_000, silentMs: 5_000 } })
  small = await open.push('team/app', '1', `open ${process.pid}`)
  await closed.push('team/app', '1', `closed ${process.pid}`)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const name of pulled) await runtime.remove('image', name)
  pulled.clear()
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await runtime[Symbol.asyncDispose]()
  await open[Symbol.asyncDispose]()
  await closed[Symbol.asyncDispose]()
})

const pull = async (reference: string, lines: string[] = []) => {
  const info = await runtime.image(
    { kind: 'pull', reference },
    { onProgress: (line) => void lines.push(line) },
  )
  pulled.add(info.reference)
  return info
}

const refused = (reference: string) =>
  pull(reference).then(
    () => expect.unreachable('the image was pulled'),
    (error: unknown) => error as { code: string; message: string; remedy: string },
  )

const configure = (config: object) => vi.stubEnv('DOCKER_AUTH_CONFIG', JSON.stringify(config))

const encoded = (user: string, password: string) =>
  Buffer.from(`${user}:${password}`).toString('base64')

/** A credential helper on the PATH, by the script that it runs. */
const helper = (name: string, script: string) => {
  writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, {
    mode: 0o755,
  })
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
}

const knows = `cat >/dev/null; printf '{"Username":"${login.user}","Secret":"${login.password}"}'`

test('an image is pulled by its tag', async () => {
  expect(await pull(`${open.host}/team/app:1`)).toMatchObject({ env: { FROM: 'registry' } })
})

test('an image is pulled by its digest, with and without its tag', async () => {
  const byDigest = await pull(`${open.host}/team/app@${small.digest}`)
  const byBoth = await pull(`${open.host}/team/app:1@${small.digest}`)
  expect(byBoth.id).toBe(byDigest.id)
})

test('the platform of the engine is chosen from an index', async () => {
  const { architecture } = await runtime.info()
  const [own, other] = await Promise.all([
    open.push('team/many', 'own', 'own', architecture),
    open.push('team/many', 'other', 'other', 's390x'),
  ])
  const digests = { s390x: other.digest, [architecture]: own.digest }
  const index = await open.pushIndex('team/many', '1', digests)
  const { id } = await pull(`${open.host}/team/many@${index}`)
  expect((await pull(`${open.host}/team/many:own`)).id).toBe(id)
})

test('an index without the platform of the engine is IMAGE_NOT_FOUND, and says which one is missing', async () => {
  const { architecture } = await runtime.info()
  const { digest } = await open.push('team/mainframe', 'x', 'mainframe', 's390x')
  await open.pushIndex('team/mainframe', '1', { s390x: digest })
  expect(await refused(`${open.host}/team/mainframe:1`)).toMatchObject({
    code: 'IMAGE_NOT_FOUND',
    remedy: expect.stringContaining(`linux/${architecture}`),
  })
})

test('an unknown tag and an unknown name are IMAGE_NOT_FOUND', async () => {
  for (const name of ['team/app:2', 'team/none:1'])
    expect(await refused(`${open.host}/${name}`)).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      remedy: expect.stringContaining('check the image name'),
    })
})

test('credentials come from auths, from the helper of the registry, and from the general helper', async () => {
  const reference = `${closed.host}/team/app:1`
  helper('knows', knows)
  for (const config of [
    { auths: { [closed.host]: { auth: encoded(login.user, login.password) } } },
    { auths: { [`https://${closed.host}/v1/`]: { auth: encoded(login.user, login.password) } } },
    { credHelpers: { [closed.host]: 'knows' } },
    { credsStore: 'knows' },
  ]) {
    configure(config)
    expect(await pull(reference)).toMatchObject({ env: { FROM: 'registry' } })
    await runtime.remove('image', reference)
  }
})

test('no credentials, wrong credentials and unreadable credentials have different remedies', async () => {
  const reference = `${closed.host}/team/app:1`
  configure({})
  const none = await refused(reference)
  configure({ auths: { [closed.host]: { auth: encoded('bob', 'wrong') } } })
  const wrong = await refused(reference)
  helper('expired', 'echo "the token has expired"; exit 1')
  configure({ credsStore: 'expired' })
  const unreadable = await refused(reference)
  for (const { code } of [none, wrong, unreadable]) expect(code).toBe('IMAGE_PULL_DENIED')
  expect(none.remedy).toContain(`run \`docker login ${closed.host}\` first`)
  expect(wrong.remedy).toContain('user bob')
  expect(wrong.remedy).toContain(`\`docker login ${closed.host}\` again`)
  expect(unreadable.message).toContain('the token has expired')
  expect(unreadable.remedy).toContain('kept the credentials from being read')
})

test('a helper that is bad in any way ends, and is named by the error', async () => {
  const reference = `${closed.host}/team/app:1`
  const bad: Readonly<Record<string, readonly [script: string, words: RegExp]>> = {
    'says-no': [
      'cat >/dev/null; echo "access is denied" >&2; exit 3',
      /exit code 3: access is denied/,
    ],
    'reads-nothing': ['exit 1', /failed with exit code 1/],
    'is-killed': ['kill -9 $$', /signal SIGKILL/],
    'prints-html': ['cat >/dev/null; echo "<html>"', /something else than credentials/],
    'prints-nothing': ['cat >/dev/null', /something else than credentials/],
    floods: ['exec cat /dev/zero', /printed more than/],
  }
  for (const [name, [script, words]] of Object.entries(bad)) {
    helper(name, script)
    configure({ credHelpers: { [closed.host]: name } })
    const { code, message } = await refused(reference)
    expect(code).toBe('IMAGE_PULL_DENIED')
    expect(message).toMatch(words)
    expect(message).toContain(`docker-credential-${name}`)
  }
  configure({ credHelpers: { [closed.host]: 'is-missing' } })
  expect((await refused(reference)).message).toContain('it is not in PATH')
})

const answered =
  (status: number, type: string, body: string) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type }).end(body)
    return true
  }

test.for([
  {
    name: 'a registry that limits pulls',
    answer: answered(
      429,
      'application/json',
      '{"errors":[{"code":"TOOMANYREQUESTS","message":"too many"}]}',
    ),
    code: 'IMAGE_PULL_FAILED',
    remedy: /docker login 127\.0\.0\.1:\d+`, or use a mirror/,
  },
  {
    name: 'a registry that fails',
    answer: answered(500, 'text/plain', 'out of order'),
    code: 'IMAGE_PULL_FAILED',
    remedy: /check the network/,
  },
  {
    name: 'a proxy that answers with a page',
    answer: answered(403, 'text/html', '<html>blocked by policy</html>'),
    code: 'IMAGE_PULL_FAILED',
    remedy: /check the proxy of the engine/,
  },
])('$name is $code', async ({ answer, code, remedy }) => {
  const front = await open.front(answer)
  expect(await refused(`${front.host}/team/app:1`)).toMatchObject({
    code,
    remedy: expect.stringMatching(remedy),
  })
})

test('a registry that refuses connections is IMAGE_PULL_FAILED', async () => {
  expect(await refused('127.0.0.1:1/team/app:1')).toMatchObject({
    code: 'IMAGE_PULL_FAILED',
    remedy: expect.stringContaining('check the network'),
  })
})

test('a registry that becomes silent within a layer ends the pull, and says so on the way', async () => {
  const image = await open.push('team/large', '1', 'x'.repeat(500_000))
  const front = await open.front(({ url = '' }, response) => {
    if (!url.includes(image.layer)) return false
    response.writeHead(200, { 'content-length': '500000' }).write('x'.repeat(1_000))
    return true
  })
  const lines: string[] = []
  const pulling = pull(`${front.host}/team/large:1`, lines)
  await expect(pulling).rejects.toMatchObject({
    code: 'IMAGE_PULL_FAILED',
    message: expect.stringContaining(`no word from the registry ${front.host}`),
  })
  expect(lines).toContainEqual(expect.stringContaining('no word from the registry'))
})

test('a registry that cuts a layer at first is asked again, and the image is pulled', async () => {
  const image = await open.push('team/cut', '1', 'y'.repeat(500_000))
  const cut = { times: 0 }
  const front = await open.front(({ url = '' }, response) => {
    if (!url.includes(image.layer) || cut.times === 2) return false
    cut.times += 1
    response.writeHead(200, { 'content-length': '501760' }).write('y'.repeat(200_000), () => {
      response.destroy()
    })
    return true
  })
  // The engine waits for some seconds before it asks again, longer each time.
  await using patient = await createDockerRuntime({ patience: { quietMs: 60_000 } })
  const reference = `${front.host}/team/cut:1`
  pulled.add(reference)
  expect(await patient.image({ kind: 'pull', reference })).toMatchObject({ reference })
  expect(cut.times).toBe(2)
})
