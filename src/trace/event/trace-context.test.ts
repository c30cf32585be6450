import { expect, test } from 'vitest'
import { parentIdOf, traceIdOf, traceparentOf } from './trace-context.ts'

test('ids are FNV-1a digests, as other programs compute them', () => {
  expect(traceIdOf('')).toBe('6c62272e07bb014262b821756295c58d')
  expect(traceIdOf('a')).toBe('d228cb696f1a8caf78912b704e4a8964')
  expect(parentIdOf('a')).toBe('af63dc4c8601ec8c')
  expect(parentIdOf('foobar')).toBe('85944171f73967e8')
})

test('attempts of a test have different trace ids, and calls of an attempt the same one', () => {
  expect(traceIdOf('0123456789abcdef#0')).not.toBe(traceIdOf('0123456789abcdef#1'))
  const [first, second] = [traceparentOf('x#0', 'w1.1'), traceparentOf('x#0', 'w1.2')]
  expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect([first, second].map((value) => value.split('-')[1])).toEqual([
    traceIdOf('x#0'),
    traceIdOf('x#0'),
  ])
  expect(first.split('-')[2]).not.toBe(second.split('-')[2])
})

test('a span outside of tests begins a trace of its own', () => {
  expect(traceparentOf(undefined, 'w1.1')).toBe(`00-${traceIdOf('w1.1')}-${parentIdOf('w1.1')}-01`)
})
