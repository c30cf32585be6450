import { expect, test } from 'vitest'
import { imagesByName } from './present.ts'

const listed = (Id: string, ...RepoTags: readonly string[]) => ({ Id, RepoTags, Labels: null })

test.each([
  ['postgres:17', 'postgres:17'],
  ['mesocosm/shop:1', 'mesocosm/shop:1'],
  ['docker.io/library/postgres:17', 'postgres:17'],
  ['docker.io/mesocosm/shop:1', 'mesocosm/shop:1'],
  ['localhost/postgres:17', 'postgres:17'],
  ['localhost/mesocosm/shop:1', 'mesocosm/shop:1'],
  ['localhost:5000/postgres:17', 'localhost:5000/postgres:17'],
  ['ghcr.io/mesocosm/shop:1', 'ghcr.io/mesocosm/shop:1'],
])('imagesByName has the image that is listed as %s under %s', (tag, name) => {
  expect([...imagesByName([listed('i1', tag)])]).toEqual([[name, { id: 'i1' }]])
})

test('imagesByName prefers a local image, as Podman does for a name without a registry', () => {
  const local = listed('built', 'localhost/postgres:17')
  const hub = listed('pulled', 'docker.io/library/postgres:17')
  for (const both of [
    [local, hub],
    [hub, local],
  ])
    expect(imagesByName(both).get('postgres:17')).toEqual({ id: 'built' })
})

test('imagesByName has the content hash of a stand-in, and no image without a name', () => {
  const Labels = { 'dev.mesocosm.content-hash': 'abc' }
  const images = [
    { ...listed('i1', 'redis:8'), Labels },
    { ...listed('i2'), RepoTags: null },
  ]
  expect([...imagesByName(images)]).toEqual([['redis:8', { id: 'i1', contentHash: 'abc' }]])
})
