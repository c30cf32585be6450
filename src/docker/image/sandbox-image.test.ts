import { expect, test } from 'vitest'
import { sandboxImage } from './sandbox-image.ts'

test('the sandbox image is named by the hash of its content', () => {
  expect(sandboxImage('amd64').reference).toMatch(/^mesocosm\/sandbox:[0-9a-f]{12}$/)
  expect(sandboxImage('amd64').tag).not.toBe(sandboxImage('arm64').tag)
})
