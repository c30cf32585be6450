import { expect, test } from 'vitest'
import { createSubnetWalk, overlap, parseRange, prefixFor, subnets } from './subnets.ts'

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
])('prefixFor fits %i addresses into a /%i', (addresses, prefix) => {
  expect(prefixFor(addresses)).toBe(prefix)
})

test('subnets yields thousands of subnets that do not overlap', () => {
  const found = take(4_000, 10, 12_345, []).map(parseRange)
  expect(new Set(found.map(({ start }) => start)).size).toBe(4_000)
  const sorted = found.toSorted((a, b) => a.start - b.start)
  expect(sorted.every((range, i) => i === 0 || !overlap(range, sorted[i - 1] ?? range))).toBe(true)
})

test('subnets yields another order for another seed', () => {
  const one = new Set(take(100, 10, 1_000, []))
  const two = take(100, 10, 1_001, [])
  expect(two.filter((subnet) => one.has(subnet)).length).toBeLessThan(5)
})

test('subnets leaves out ranges to avoid, and uses the others', () => {
  const avoid = [parseRange('10.0.0.0/8')]
  const found = take(1_000, 10, 7, avoid)
  expect(found).toHaveLength(1_000)
  expect(found.map(parseRange).some((range) => overlap(range, avoid[0] ?? range))).toBe(false)
})

test('subnets ends when no range is left', () => {
  expect(take(1, 10, 7, [parseRange('0.0.0.0/0')])).toEqual([])
})

test('subnets starts over after the last one, for subnets of removed networks', () => {
  const all = 64 * 1_024
  const avoid = ['10.64.0.0/12', '172.16.0.0/12', '192.168.0.0/16'].map(parseRange)
  const found = take(2 ** 14 + 1, 10, 3, avoid)
  expect(found.length).toBeLessThan(all)
  expect(found.at(-1)).toBe(found[0])
})

test.each([1, 12_345, 7_919_000])(
  'one walk picks no subnet twice, whatever the sizes (seed %i)',
  (seed) => {
    const next = createSubnetWalk(seed, [])
    const sizes = [5, 6, 60, 300, 1_000_000]
    const found = Array.from({ length: 100 }, (_, i) => next(sizes[i % sizes.length] ?? 1)).map(
      (subnet) => parseRange(subnet ?? ''),
    )
    expect(found.slice(0, 5).map(({ prefix }) => prefix)).toEqual([26, 26, 26, 23, 17])
    const sorted = found.toSorted((a, b) => a.start - b.start)
    expect(sorted.every((range, i) => i === 0 || !overlap(range, sorted[i - 1] ?? range))).toBe(
      true,
    )
  },
)

test('one walk starts over when all is taken, for subnets of removed networks', () => {
  // The rest is 192.168.128.0/17.
  const next = createSubnetWalk(3, ['10.0.0.0/8', '172.16.0.0/12'].map(parseRange))
  const found = Array.from({ length: 512 }, () => next(10))
  expect(new Set(found).size).toBe(512)
  expect(next(300)).toMatch(/\/23$/)
  expect(next(10)).toMatch(/\/26$/)
  expect(createSubnetWalk(3, [parseRange('0.0.0.0/0')])(10)).toBeUndefined()
})
