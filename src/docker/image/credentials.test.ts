import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { unhandledDuring } from '../../../test/lib/odd-requests.ts'
import { askHelper } from './credential-helper.ts'
import { credentials } from './credentials.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-credentials-'))
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
  vi.stubEnv('DOCKER_CONFIG', folder)
  vi.stubEnv('DOCKER_AUTH_CONFIG', undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** Puts a helper in PATH: the lines of a shell script. */
const helper = async (name: string, ...lines: readonly string[]): Promise<void> => {
  const file = join(folder, `docker-credential-${name}`)
  await writeFile(file, `#!/bin/sh\n${lines.join('\n')}\n`)
  await chmod(file, 0o755)
}

const configure = (config: object): Promise<void> =>
  writeFile(join(folder, 'config.json'), JSON.stringify(config))

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const registry = 'registry.example:5000'

/** What helpers do that answer nothing useful, and the words of the error. */
const hostile: readonly [string, readonly string[] | undefined, RegExp][] = [
  [
    'fails without reading',
    ['echo "token expired, run the login"', 'exit 1'],
    /docker-credential-bad failed with exit code 1: token expired, run the login$/,
  ],
  [
    'fails with words on stderr',
    ['cat > /dev/null', 'echo "no session" >&2', 'exit 3'],
    /failed with exit code 3: no session$/,
  ],
  ['hangs', ['sleep 3600'], /did not answer within 300 ms$/],
  ['closes its input and hangs', ['exec 0<&-', 'sleep 3600'], /did not answer within 300 ms$/],
  ['prints junk', ['echo "secret junk"'], /printed something else than credentials$/],
  ['prints JSON without a secret', [`echo '{"Username":"ann"}'`], /printed something else/],
  ['prints without end', ['yes'], /printed more than 1048576 bytes$/],
  [
    'fails with credentials',
    [`echo '{"Username":"ann","Secret":"hunter2"}'`, 'exit 1'],
    /docker-credential-bad failed with exit code 1$/,
  ],
  [
    'fails with very many words',
    ["head -c 900000 /dev/zero | tr '\\0' x", 'exit 1'],
    /failed with exit code 1: x{2000}$/,
  ],
  ['ends by a signal', ['kill -9 $$'], /failed with signal SIGKILL$/],
  ['is missing', undefined, /docker-credential-bad could not be run: it is not in PATH$/],
]

test.each(hostile)('a credential helper that %s gives an error', async (_, lines, expected) => {
  if (lines !== undefined) await helper('bad', ...lines)
  // Larger than the buffer of a pipe, so that a write meets the closed end.
  const long = `${registry}/${'x'.repeat(100_000)}`
  for (const asked of [registry, long]) {
    const limit = { timeoutMs: lines?.includes('sleep 3600') ? 300 : 30_000 }
    await expect(askHelper('bad', asked, limit)).rejects.toThrow(expected)
  }
})

test('what a helper has started ends with it', async () => {
  const pidFile = join(folder, 'pid')
  await helper(
    'bad',
    `sleep 3600 & echo $! > ${pidFile}.new && mv ${pidFile}.new ${pidFile}`,
    'wait',
  )
  const stop = new AbortController()
  const asking = askHelper('bad', registry, { signal: stop.signal })
  asking.catch(() => undefined)
  await vi.waitUntil(() => existsSync(pidFile), { timeout: 30_000 })
  stop.abort(new Error('enough'))
  await expect(asking).rejects.toThrow('enough')
  const pid = Number(readFileSync(pidFile, 'utf8'))
  await vi.waitUntil(() => !isRunning(pid), { timeout: 30_000 })
})

test('a helper that must not be killed is not waited for', async () => {
  const pidFile = join(folder, 'pid')
  await helper('bad', `echo $$ > ${pidFile}`, 'exec sleep 3600')
  // As for a program of another user.
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
  })
  const errors = await unhandledDuring(async () => {
    await expect(askHelper('bad', registry, { timeoutMs: 2_000 })).rejects.toThrow(
      'did not answer within 2000 ms',
    )
  })
  kill.mockRestore()
  process.kill(-Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
  expect(errors).toEqual([])
})

test('a helper that leaves an agent running is not waited for until the agent ends', async () => {
  await helper('agent', 'sleep 20 &', `echo '{"Username":"ann","Secret":"pw"}'`)
  await expect(askHelper('agent', registry)).resolves.toEqual({ username: 'ann', secret: 'pw' })
})

test('a failing helper is a note of the credentials, not an error', async () => {
  await helper('bad', 'echo "token expired"', 'exit 1')
  await configure({ credHelpers: { [registry]: 'bad' } })
  expect(await credentials(registry)).toEqual({
    failure:
      'credentials could not be read, pulling without: docker-credential-bad failed with exit code 1: token expired',
  })
})

test('a configuration that is not JSON is a note that quotes nothing of it', async () => {
  await writeFile(join(folder, 'config.json'), '"hunter2')
  const { failure } = await credentials(registry)
  expect(failure).toContain('config.json is not valid JSON')
  expect(failure).not.toContain('hunter')
})

test.each<[string, object, object]>([
  ['null for all', { auths: null, credHelpers: null, credsStore: null }, {}],
  ['an entry that is null', { auths: { [registry]: null } }, {}],
  ['an entry that is a secret', { auths: { [registry]: 'hunter2' } }, {}],
  ['a password that is a number', { auths: { [registry]: { auth: 4711 } } }, {}],
  [
    'a helper that is an object',
    { credHelpers: { [registry]: {} }, auths: { [registry]: { username: 'a', password: 'b' } } },
    { auth: { serveraddress: registry, username: 'a', password: 'b' } },
  ],
])('a configuration with %s is read without an error', async (_, config, expected) => {
  await configure(config)
  expect(await credentials(registry)).toEqual(expected)
})

/** Stand-in that answers for one registry, as the protocol of the helpers says. */
const answering = (answer: object): readonly string[] => [
  'read -r asked',
  `[ "$1 $asked" = "get ${registry}" ] || { echo "credentials not found in native keychain"; exit 1; }`,
  `echo '${JSON.stringify(answer)}'`,
]

test.each<[string, object, object | undefined]>([
  ['nothing', {}, undefined],
  [
    'a helper of the registry',
    { credHelpers: { [registry]: 'good' }, credsStore: 'missing' },
    { username: 'ann', password: 'from helper' },
  ],
  [
    'a helper of all registries',
    { credsStore: 'good' },
    { username: 'ann', password: 'from helper' },
  ],
  ['an identity token of a helper', { credsStore: 'token' }, { identitytoken: 'a token' }],
  [
    'a helper without them, then the configuration',
    { credsStore: 'none', auths: { [registry]: { auth: base64('bob:a:b') } } },
    { username: 'bob', password: 'a:b' },
  ],
  ['an empty entry of a helper', { auths: { [registry]: {} } }, undefined],
  [
    'a URL',
    { auths: { [`https://${registry}/v1/`]: { auth: base64('bob:pw') } } },
    { username: 'bob', password: 'pw' },
  ],
  ['another registry', { auths: { 'other.example': { auth: base64('bob:pw') } } }, undefined],
  [
    'fields',
    { auths: { [registry]: { username: 'bob', password: 'pw', email: 'b@b' } } },
    { username: 'bob', password: 'pw', email: 'b@b' },
  ],
  [
    'an identity token',
    { auths: { [registry]: { auth: base64('bob:'), identitytoken: 'a token' } } },
    { identitytoken: 'a token' },
  ],
])('credentials come from %s', async (_, config, expected) => {
  await helper(
    'good',
    ...answering({ ServerURL: registry, Username: 'ann', Secret: 'from helper' }),
  )
  await helper('token', ...answering({ Username: '<token>', Secret: 'a token' }))
  await helper('none', 'echo "credentials not found in native keychain"', 'exit 1')
  await configure(config)
  expect(await credentials(registry)).toEqual(
    expected === undefined ? {} : { auth: { serveraddress: registry, ...expected } },
  )
})

test('credentials of Docker Hub have its name in credential stores', async () => {
  const hub = 'https://index.docker.io/v1/'
  vi.stubEnv('DOCKER_AUTH_CONFIG', JSON.stringify({ auths: { [hub]: { auth: base64('a:b') } } }))
  expect(await credentials(undefined)).toEqual({
    auth: { serveraddress: hub, username: 'a', password: 'b' },
  })
})

/** Not a zombie, which nothing may ever reap inside a container. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
