import { expect, test } from 'vitest'
import { changes, configHash } from './config-hash.ts'
import type { ProgramConfig, SandboxConfig } from './desired.ts'

const program: ProgramConfig = {
  image: 'acme/api',
  imageId: 'sha256:1',
  env: { A: '1', B: '2' },
  files: [],
  mounts: [],
  tmpfs: {},
  labels: {},
}
const sandbox: SandboxConfig = { aliases: ['api'], publish: [{ port: 80, protocol: 'tcp' }] }

test('a hash is 16 hex digits', () => {
  expect(configHash(program)).toMatch(/^[0-9a-f]{16}$/)
})

test('the order of keys does not change the hash', () => {
  const { env: _, ...rest } = program
  expect(configHash({ env: { B: '2', A: '1' }, ...rest })).toBe(configHash(program))
})

test('the order of arrays changes the hash', () => {
  const one = { ...program, command: ['a', 'b'] }
  expect(configHash({ ...one, command: ['b', 'a'] })).not.toBe(configHash(one))
})

test('every value changes the hash, even one that moves between keys', () => {
  const hashes = [
    program,
    { ...program, env: { A: '12', B: '' } },
    { ...program, env: { A: '1B2' } },
    { ...program, labels: { A: '1' } },
    { ...program, cpus: 1 },
    { ...program, command: [] },
  ].map(configHash)
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('changes are described without values', () => {
  const after = {
    ...program,
    imageId: 'sha256:2',
    env: { A: 'secret', C: '3' },
    files: [{ to: '/a', content: 'x' }],
    memoryMiB: 64,
  }
  expect(changes(program, after)).toEqual([
    'image changed',
    'env A changed',
    'env B removed',
    'env C added',
    'files changed',
    'memory limit changed',
  ])
})

test.each<[string, Partial<ProgramConfig>]>([
  ['capabilities changed', { capAdd: ['NET_ADMIN'], capDrop: ['ALL'] }],
  ['security options changed', { securityOpt: ['no-new-privileges:false'] }],
  ['process limit changed', { pidsLimit: 9 }],
  ['platform changed', { platform: 'linux/arm64' }],
  ['size of /dev/shm changed', { shmSizeMiB: 1 }],
  ['init changed', { init: true }],
  ['resource limits changed', { ulimits: { nofile: 9 } }],
  ['kernel parameters changed', { sysctls: { 'kernel.sem': '1 2 3 4' } }],
  ['devices changed', { devices: [{ from: '/dev/fuse' }] }],
])('%s, and the hash with it', (line, more) => {
  expect(changes(program, { ...program, ...more })).toEqual([line])
  expect(configHash({ ...program, ...more })).not.toBe(configHash(program))
})

test('other hosts change the sandbox', () => {
  const after = { ...sandbox, extraHosts: { mirror: '10.0.0.7' } }
  expect(changes(sandbox, after)).toEqual(['extra hosts changed'])
  expect(configHash(after)).not.toBe(configHash(sandbox))
})

test('other kernel parameters of the network change the sandbox', () => {
  const after = { ...sandbox, sysctls: { 'net.core.somaxconn': 64 } }
  expect(changes(sandbox, after)).toEqual(['kernel parameters changed'])
  expect(configHash(after)).not.toBe(configHash(sandbox))
})

test('the id of the image counts, not its name', () => {
  const renamed = { ...program, image: 'acme/api:2' }
  expect(configHash(renamed)).toBe(configHash(program))
  expect(changes(program, renamed)).toEqual([])
  const rebuilt = { ...program, imageId: 'sha256:2' }
  expect(configHash(rebuilt)).not.toBe(configHash(program))
  expect(changes(program, rebuilt)).toEqual(['image changed'])
})

test('equal configurations have no changes', () => {
  expect(changes(program, structuredClone(program))).toEqual([])
})

test('changes of a sandbox are described too', () => {
  expect(changes(sandbox, { aliases: ['api', 'www'], publish: [] })).toEqual([
    'aliases changed',
    'published ports changed',
  ])
})

test('names that are reached without a proxy do not change the hash', () => {
  const other = { ...program, noProxy: ['db', 'new'] }
  expect(configHash(other)).toBe(configHash(program))
  expect(changes(program, other)).toEqual([])
})
