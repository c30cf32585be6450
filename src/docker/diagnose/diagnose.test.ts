import { expect, test } from 'vitest'
import { freeSubnets } from './free-subnets.ts'
import { limits } from './limits.ts'
import { judgeStorage } from './storage.ts'

test('judgeStorage warns about a nearly full disk, fails a full one and ignores an invisible one', () => {
  expect(judgeStorage('overlay2', '/d', 50).status).toBe('ok')
  expect(judgeStorage('overlay2', '/d', 3).status).toBe('warn')
  expect(judgeStorage('overlay2', '/d', 0.2)).toMatchObject({
    status: 'fail',
    text: expect.stringContaining('0.2 GiB'),
  })
  expect(judgeStorage('overlay2', '/d', undefined).status).toBe('ok')
  expect(judgeStorage('vfs', '/d', 50).status).toBe('warn')
})

test('limits names the limits that the engine cannot enforce', () => {
  const facts = { MemoryLimit: true, CpuCfsQuota: false, CgroupVersion: '2' }
  expect(limits(facts)).toMatchObject({
    status: 'warn',
    text: expect.stringMatching(/^cpus of services/),
  })
  expect(limits({ ...facts, CpuCfsQuota: true }).status).toBe('ok')
})

test('freeSubnets fails when networks cover all private ranges', () => {
  expect(freeSubnets(['172.17.0.0/16', 'fd00::/64']).status).toBe('ok')
  expect(freeSubnets(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']).status).toBe('fail')
})
