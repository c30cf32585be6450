import { expect, test } from 'vitest'
import { parseImageReference, shortReference } from './image-reference.ts'

const digest = `sha256:${'0'.repeat(64)}`

test.each([
  ['postgres', undefined, 'postgres', 'latest'],
  ['postgres:17', undefined, 'postgres', '17'],
  ['acme/api:1.2', undefined, 'acme/api', '1.2'],
  ['ghcr.io/acme/api', 'ghcr.io', 'ghcr.io/acme/api', 'latest'],
  ['localhost:5000/api', 'localhost:5000', 'localhost:5000/api', 'latest'],
  ['localhost/api:1', 'localhost', 'localhost/api', '1'],
  [`api@${digest}`, undefined, 'api', digest],
  [`localhost:5000/api:1@${digest}`, 'localhost:5000', 'localhost:5000/api', digest],
])('parseImageReference parses %s', (reference, registry, repository, tag) => {
  expect(parseImageReference(reference)).toEqual({ registry, repository, tag })
})

test.each([
  ['postgres:17', 'postgres:17'],
  ['docker.io/library/postgres:17', 'postgres:17'],
  ['docker.io/mesocosm/shop:1', 'mesocosm/shop:1'],
  ['localhost/mesocosm/shop:1', 'mesocosm/shop:1'],
  ['localhost:5000/shop:1', 'localhost:5000/shop:1'],
  ['ghcr.io/localhost/shop:1', 'ghcr.io/localhost/shop:1'],
])('shortReference returns the name under which Docker lists %s', (listed, name) => {
  expect(shortReference(listed)).toBe(name)
})
