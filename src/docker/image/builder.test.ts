import { expect, test } from 'vitest'
import { builderOf } from './builder.ts'

test.each([
  ['Docker 28', { 'api-version': '1.51', 'builder-version': '2', ostype: 'linux' }, 'buildkit'],
  ['Docker 20.10', { 'api-version': '1.41', ostype: 'linux' }, 'buildkit'],
  ['Docker 18.06', { 'api-version': '1.38', ostype: 'linux' }, 'classic'],
  ['Docker without BuildKit', { 'api-version': '1.51', 'builder-version': '1' }, 'classic'],
  ['Docker on Windows', { 'api-version': '1.41', ostype: 'windows' }, 'classic'],
  [
    'Podman',
    { 'api-version': '1.41', 'builder-version': '', 'libpod-api-version': '5.4.2' },
    'buildah',
  ],
] as const)('the builder of %s', (_, headers, expected) => {
  expect(builderOf(headers)).toBe(expected)
})
