import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { redis } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-path-'))

const install = (...programs: readonly string[]) => {
  for (const name of programs) {
    writeFileSync(join(folder, name), '')
    chmodSync(join(folder, name), 0o755)
  }
  vi.stubEnv('PATH', folder)
}

afterEach(() => {
  vi.unstubAllEnvs()
  for (const name of ['redis-server', 'valkey-server', 'valkey-cli'])
    rmSync(join(folder, name), { force: true })
})

const localOf = (options: Parameters<typeof redis>[0] = {}) =>
  (redis(options) as unknown as { readonly local: object }).local

test('a machine without Redis gets the name of what to install', () => {
  install('redis-server')
  expect(localOf()).toMatchObject({
    unsupported: expect.stringContaining('redis-cli'),
    remedy: expect.stringContaining('install'),
  })
})

test('Valkey is used where Redis is not complete', () => {
  install('redis-server', 'valkey-server', 'valkey-cli')
  expect(localOf({ share: 'run' })).toMatchObject({
    command: expect.arrayContaining([join(folder, 'valkey-server'), '--aclfile', '127.0.0.1']),
    env: { REDIS_CLI: join(folder, 'valkey-cli') },
  })
})

test('modules of the image have no process form, those of this machine do', () => {
  install('valkey-server', 'valkey-cli')
  expect(localOf({ settings: { loadmodule: '/opt/a.so' } })).toHaveProperty('unsupported')
  expect(localOf({ modules: ['./a.so'] })).toMatchObject({
    command: expect.arrayContaining(['--loadmodule']),
    files: expect.arrayContaining([{ from: './a.so', to: 'modules/0.so', mode: 0o755 }]),
  })
})
