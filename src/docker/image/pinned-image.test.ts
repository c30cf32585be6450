import { expect, test } from 'vitest'
import { keptName } from './pinned-image.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const hash = '0123456789abcdef0123456789abcdef'

test('the name of a kept image shows its tag, and is a valid name', () => {
  expect(keptName('docker.io/library/postgres:17', digest)).toBe(
    `mesocosm/locked/postgres:17-${hash}`,
  )
  expect(keptName('localhost:5000/team/api', digest)).toBe(
    `mesocosm/locked/localhost-5000/team/api:latest-${hash}`,
  )
  expect(keptName(`postgres@${digest}`, digest)).toBe(`mesocosm/locked/postgres:${hash}`)
  expect(keptName(`a:${'t'.repeat(128)}`, digest).split(':')[1]).toHaveLength(128)
})
