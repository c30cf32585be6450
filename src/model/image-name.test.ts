import { expect, test } from 'vitest'
import { familiarName, ownPin, withDigest } from './image-name.ts'

const digest = `sha256:${'a'.repeat(64)}`

test('familiarName is equal for all names of an image', () => {
  for (const name of [
    'postgres',
    'postgres:latest',
    'library/postgres',
    'docker.io/postgres',
    'docker.io/library/postgres:latest',
    'index.docker.io/library/postgres',
  ])
    expect(familiarName(name)).toBe('postgres:latest')
  expect(familiarName('docker.io/acme/api:2')).toBe('acme/api:2')
})

test('familiarName keeps other registries, their ports, and digests', () => {
  expect(familiarName('localhost:5000/api')).toBe('localhost:5000/api:latest')
  expect(familiarName('ghcr.io/library/api:1')).toBe('ghcr.io/library/api:1')
  expect(familiarName(`docker.io/library/api:1@${digest}`)).toBe(`api:1@${digest}`)
  expect(familiarName(`api@${digest}`)).toBe(`api@${digest}`)
})

test('a name with a digest is its own pin', () => {
  expect(ownPin(`api:1@${digest}`)).toEqual({ digest })
  expect(ownPin('localhost:5000/api')).toBeUndefined()
  expect(withDigest('api:1', digest)).toBe(`api:1@${digest}`)
})
