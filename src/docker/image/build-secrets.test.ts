import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readBuildSecrets } from './build-secrets.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('secrets are read from values and files, and hidden by whole lines', async () => {
  const file = join(folder, 'key')
  await writeFile(file, 'first line\nsecond line\n')
  const { secrets, hide } = await readBuildSecrets({
    context: '/app',
    secrets: { a: { env: 'A', secret: 'value' }, b: { file }, c: { secret: 'x' } },
  })
  expect(Object.fromEntries([...secrets].map(([id, bytes]) => [id, bytes.toString()]))).toEqual({
    a: 'value',
    b: 'first line\nsecond line\n',
    c: 'x',
  })
  expect(hide('a value, second line, x')).toBe('a •••, •••, x')
})

test('everything that a build misses is reported at once', async () => {
  const key = join(folder, 'id_ed25519')
  await writeFile(key, '')
  const secrets = { a: { env: 'A' }, b: { file: '/no/such/file' }, c: { file: folder } }
  const ssh = { default: '', key, gone: '/no/such/socket' }
  await expect(readBuildSecrets({ context: '/app', secrets, ssh })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    details: [
      'secrets.a: the environment variable A is not set',
      expect.stringMatching(/^secrets\.b: .*no such file/),
      `secrets.c: ${folder} is not a file`,
      'ssh.default: SSH_AUTH_SOCK is not set; start an SSH agent',
      expect.stringMatching(/^ssh\.key: .* is not the socket of an agent/),
      expect.stringMatching(/^ssh\.gone: .*no such file/),
    ],
  })
})

test('the socket of an agent is taken', async () => {
  const path = join(folder, 'agent.sock')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const { agents } = await readBuildSecrets({ context: '/app', ssh: { default: path } })
  expect(agents).toEqual({ default: path })
  server.close()
})
