import { expect, test } from 'vitest'
import { freeSubnets } from './free-subnets.ts'
import { limits } from './limits.ts'
import { podman } from './podman.ts'
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
  const facts = { MemoryLimit: true, CpuCfsQuota: false, PidsLimit: false, CgroupVersion: '2' }
  expect(limits(facts)).toMatchObject({
    status: 'warn',
    text: expect.stringMatching(/^cpus and pidsLimit of services are ignored/),
  })
  expect(limits({ ...facts, CpuCfsQuota: true, PidsLimit: true }).status).toBe('ok')
})

test('limits reports a rootless engine without cgroups, which cannot pause either', () => {
  const facts = { MemoryLimit: false, CpuCfsQuota: false, PidsLimit: false, CgroupVersion: '2' }
  expect(limits({ ...facts, CgroupDriver: 'none' }).text).toMatch(/cannot be paused/)
  expect(limits({ ...facts, CgroupDriver: 'systemd' }).text).not.toMatch(/cannot be paused/)
})

test('limits does not believe a rootless engine on cgroup v1 that it has limits', () => {
  const facts = { MemoryLimit: true, CpuCfsQuota: true, SecurityOptions: ['name=rootless'] }
  expect(limits({ ...facts, CgroupVersion: '1' })).toMatchObject({
    status: 'warn',
    text: expect.stringMatching(/^memoryMiB, cpus, and pidsLimit .*cannot be paused/),
    remedy: expect.stringContaining('cgroup v2'),
  })
  expect(limits({ ...facts, CgroupVersion: '2' }).status).toBe('ok')
})

test('limits believes the controllers of Podman rather than its flags', () => {
  const facts = { MemoryLimit: true, CpuCfsQuota: false, PidsLimit: true, CgroupVersion: '2' }
  expect(limits({ ...facts, controllers: ['cpu', 'pids'] })).toMatchObject({
    status: 'warn',
    text: expect.stringMatching(/^memoryMiB of services are ignored/),
  })
  expect(limits({ ...facts, controllers: ['memory', 'cpu', 'pids'] }).status).toBe('ok')
})

test('podman returns what is different, and whether a version is too old', () => {
  const rootless = { SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] }
  expect(podman('5.4.2', rootless)).toMatchObject({
    status: 'ok',
    text: expect.stringMatching(/^rootless; .*ports below 1024/),
  })
  expect(podman('5.4.2', { SecurityOptions: null }).text).toMatch(/^rootful; (?!.*1024)/)
  expect(podman('4.3.1', rootless)).toMatchObject({
    status: 'warn',
    remedy: expect.stringContaining('version 5'),
  })
})

test('freeSubnets fails when networks cover all private ranges', () => {
  expect(freeSubnets(['172.17.0.0/16', 'fd00::/64']).status).toBe('ok')
  expect(freeSubnets(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']).status).toBe('fail')
})
