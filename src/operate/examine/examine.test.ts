import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressPools } from './address-pools.ts'
import { limits } from './limits.ts'
import { nodeVersion } from './node-version.ts'
import { runsFolderState } from './runs-folder.ts'
import { judgeStorage } from './storage.ts'

test('a Node that does not run topology files fails', () => {
  expect(nodeVersion('22.21.9').status).toBe('fail')
  expect(nodeVersion('22.22.0').status).toBe('ok')
  expect(nodeVersion('24.0.0').status).toBe('ok')
})

test('a disk that is nearly full is warned of, a full one fails, an invisible one is left alone', () => {
  expect(judgeStorage('overlay2', '/d', 50).status).toBe('ok')
  expect(judgeStorage('overlay2', '/d', 3).status).toBe('warn')
  expect(judgeStorage('overlay2', '/d', 0.2)).toMatchObject({
    status: 'fail',
    text: expect.stringContaining('0.2 GiB'),
  })
  expect(judgeStorage('overlay2', '/d', undefined).status).toBe('ok')
  expect(judgeStorage('vfs', '/d', 50).status).toBe('warn')
})

test('limits that the engine cannot enforce are named', () => {
  const facts = { MemoryLimit: true, CpuCfsQuota: false, CgroupVersion: '2' }
  expect(limits({ facts })).toMatchObject({
    status: 'warn',
    text: expect.stringMatching(/^cpus of services/),
  })
  expect(limits({ facts: { ...facts, CpuCfsQuota: true } }).status).toBe('ok')
})

test('networks over all private ranges leave no room for lanes', async () => {
  const engine = { endpoint: '', facts: {} }
  expect((await addressPools({ ...engine, subnets: ['172.17.0.0/16', 'fd00::/64'] })).status).toBe(
    'ok',
  )
  const all = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']
  expect((await addressPools({ ...engine, subnets: all })).status).toBe('fail')
})

test('a runs folder into which others can look is warned of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-folder-'))
  try {
    expect(runsFolderState('/p', folder).status).toBe('ok')
    chmodSync(folder, 0o755)
    expect(runsFolderState('/p', folder)).toMatchObject({
      status: 'warn',
      text: expect.stringContaining('mode 755'),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
