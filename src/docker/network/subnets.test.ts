import { expect, test } from 'vitest'
import { overlap, parseRange, prefixFor, subnets } from './subnets.ts'

const take = (count: number, ...args: Parameters<typeof subnets>): string[] => {
  const found: string[] = []
  for (const subnet of subnets(...args)) {
    found.push(subnet)
    if (found.length === count) break
  }
  return found
}

test.each([
  [1, 26],
  [61, 26],
  [62, 25],
  [250, 24],
  [300, 23],
  [1_000_000, 17],
])('%i addresses fit a /%i', (addresses, prefix) => {
  expect(prefixFor(addresses)).toBe(prefix)
})

test('gives thousands of subnets, none twice and none in another', () => {
  const found = take(4_000, 10, 12_345, []).map(parseRange)
  expect(new Set(found.map(({ start }) => start)).size).toBe(4_000)
  const sorted = found.toSorted((a, b) => a.start - b.start)
  expect(sorted.every((range, i) => i === 0 || !overlap(range, sorted[i - 1] ?? range))).toBe(true)
})

test('gives another order for another seed', () => {
  const one = new Set(take(100, 10, 1_000, []))
  const two = take(100, 10, 1_001, [])
  expect(two.filter((subnet) => one.has(subnet)).length).toBeLessThan(5)
})

test('leaves out what the host is on, and goes to other ranges when one is all taken', () => {
  const avoid = [parseRange('10.0.0.0/8')]
  const found = take(1_000, 10, 7, avoid)
  expect(found).toHaveLength(1_000)
  expect(found.map(parseRange).some((range) => overlap(range, avoid[0] ?? range))).toBe(false)
})

test('ends when there is nothing left to give', () => {
  expect(take(1, 10, 7, [parseRange('0.0.0.0/0')])).toEqual([])
})

test('gives each again after all, so that removed networks make room', () => {
  const all = 64 * 1_024
  const avoid = ['10.64.0.0/12', '172.16.0.0/12', '192.168.0.0/16'].map(parseRange)
  const found = take(2 ** 14 + 1, 10, 3, avoid)
  expect(found.length).toBeLessThan(all)
  expect(found.at(-1)).toBe(found[0])
})
