import { isMesocosmError } from 'mesocosm'
import { expect, test } from 'vitest'
import { definePolicy } from './define-policy.ts'
import { allowsImage } from './image-pattern.ts'
import { readImageReference, writeImageReference } from './image-reference.ts'
import type { Policy } from './policy.ts'
import { isWithin } from './subnet.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.for([
  ['postgres', 'docker.io/library/postgres:latest'],
  ['postgres:16', 'docker.io/library/postgres:16'],
  ['acme/app:1', 'docker.io/acme/app:1'],
  ['index.docker.io/acme/app:1', 'docker.io/acme/app:1'],
  ['localhost:5000/app:1', 'localhost:5000/app:1'],
  ['localhost/app', 'localhost/app:latest'],
  ['ghcr.io/acme/app', 'ghcr.io/acme/app:latest'],
  [`postgres:16@${digest}`, `docker.io/library/postgres@${digest}`],
  ['abcdef123456', 'docker.io/library/abcdef123456:latest'],
] as const)('the image %s is %s in full', ([text, full]) => {
  const image = readImageReference(text)
  expect(image && writeImageReference(image)).toBe(full)
})

test.for([
  '',
  'A',
  'a b',
  '../a',
  'a//b',
  'a:',
  'a@sha256:1',
  digest,
  'a'.repeat(64),
  'a:b/c',
  '-a',
])('the image %s is malformed', (text) => {
  expect(readImageReference(text)).toBeUndefined()
})

test.for([
  [
    ['postgres:16'],
    ['postgres:16', 'docker.io/library/postgres:16'],
    ['postgres:15', 'postgres', 'evil/postgres:16', 'evil.io/library/postgres:16'],
  ],
  [['postgres'], ['postgres', 'postgres:15'], ['postgres2', 'acme/postgres']],
  [
    ['ghcr.io/acme/*'],
    ['ghcr.io/acme/app', 'ghcr.io/acme/a/b:1'],
    ['ghcr.io/acme2/app', 'ghcr.io/app', 'acme/app'],
  ],
  [['*'], ['any/thing:1'], []],
  [[], [], ['postgres']],
] as const)('the patterns %j allow what they name', ([patterns, allowed, others]) => {
  const allows = (text: string) => allowsImage(patterns, readImageReference(text) as never)
  expect(allowed.filter((text) => !allows(text))).toEqual([])
  expect(others.filter(allows)).toEqual([])
})

test('a policy without options allows no image, bind, fixed port or subnet', () => {
  expect(definePolicy()).toMatchObject({
    images: [],
    bindRoots: [],
    hostPorts: 'none',
    subnets: [],
  })
})

test.for([
  { images: ['Postgres'] },
  { images: ['a/**'] },
  { bindRoots: [{ path: '/', access: 'ro' }] },
  { bindRoots: [{ path: '/var', access: 'ro' }] },
  { bindRoots: [{ path: '/etc/ssl', access: 'ro' }] },
  { bindRoots: [{ path: '/run/user/1000', access: 'ro' }] },
  { bindRoots: [{ path: '/srv/../etc', access: 'ro' }] },
  { bindRoots: [{ path: 'work', access: 'ro' }] },
  { bindRoots: [{ path: '/srv', access: 'rw' }] },
  { user: '0:0' },
  { user: '1000' },
  { user: 'root:root' },
  { memoryMiB: 0 },
  { memoryMiB: Number.NaN },
  { cpus: 0 },
  { pidsLimit: 1.5 },
  { hostPorts: [9000, 8000] },
  { subnets: ['10.0.0.1/8'] },
  { subnets: ['0.0.0.0/0'] },
  { image: ['postgres'] },
  { images: 'postgres' },
  { images: undefined },
  { bindRoots: [{ path: '/srv' }] },
  { bindRoots: [null] },
  { hostPorts: 8000 },
  { hostGateway: 'yes' },
  { user: 1000 },
] as readonly object[] as readonly Partial<Policy>[])('the policy %j has a fault', (given) => {
  expect(faultsOf(given)).toHaveLength(1)
})

test('all faults of a policy are reported at once', () => {
  expect(faultsOf({ images: ['X'], user: '0:0', cpus: -1 })).toHaveLength(3)
})

test('a subnet is within another by its addresses', () => {
  expect(isWithin('10.7.1.0/24', ['10.7.0.0/16'])).toBe(true)
  expect(isWithin('10.7.0.0/16', ['10.7.0.0/16'])).toBe(true)
  expect(isWithin('10.0.0.0/8', ['10.7.0.0/16'])).toBe(false)
  expect(isWithin('10.8.0.0/24', ['10.7.0.0/16'])).toBe(false)
  expect(isWithin('10.7.0.1/24', ['10.7.0.0/16'])).toBe(false)
})

const faultsOf = (given: Partial<Policy>): readonly string[] => {
  try {
    definePolicy(given)
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'ARGUMENT_INVALID') return error.details
    throw error
  }
  return []
}
