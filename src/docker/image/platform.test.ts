import { expect, test } from 'vitest'
import { isSamePlatform, platformOf } from './platform.ts'

test.each([
  ['linux/arm64', 'linux/arm64/v8', true],
  ['linux/aarch64', 'linux/arm64', true],
  ['linux/x86_64', 'linux/amd64', true],
  ['Linux/AMD64', 'linux/amd64', true],
  ['linux/armhf', 'linux/arm/v7', true],
  ['linux/arm', 'linux/arm/v7', true],
  ['linux/arm/v6', 'linux/arm/v7', false],
  ['linux/arm', 'linux/arm64', false],
  ['windows/amd64', 'linux/amd64', false],
])('%s and %s are the same platform: %s', (one, other, expected) => {
  expect(isSamePlatform(one, other)).toBe(expected)
  expect(isSamePlatform(other, one)).toBe(expected)
})

test('a platform is split in the words of engines', () => {
  expect(platformOf('linux/armel')).toEqual({ os: 'linux', architecture: 'arm', variant: 'v6' })
  expect(platformOf('linux/arm64/v8')).toEqual({
    os: 'linux',
    architecture: 'arm64',
    variant: '',
  })
})
