import { describe, expect, test } from 'vitest'
import { assignFiles, bound, type LaneShare, queueOf, restarts } from './assign-files.ts'
import type { TimedFile } from './order-files.ts'

const file = (name: string, ms: number, variant = ''): TimedFile => ({
  file: name,
  ms,
  known: true,
  variant,
})

const suite = (times: readonly number[], variant = ''): TimedFile[] =>
  times.map((ms, index) => file(`${variant}${index}`, ms, variant))

const worst = (shares: readonly LaneShare[]) => Math.max(...shares.map(({ ms }) => ms))

/** A tail of few long files, as test suites have: a million over the square of the rank. */
const skewed = (count: number) =>
  suite(Array.from({ length: count }, (_, rank) => 50 + 60_000 / (rank + 1) ** 1.2))

describe('assignFiles', () => {
  test.each([2, 3, 4, 8])(
    '%i lanes of a skewed suite end within 5 %% of the best possible',
    (lanes) => {
      for (const count of [20, 101, 400]) {
        const files = skewed(count)
        expect(worst(assignFiles(files, lanes))).toBeLessThanOrEqual(1.05 * bound(files, lanes))
      }
    },
  )

  test('every file is on exactly one lane', () => {
    const files = [...skewed(31), ...suite([5, 5, 5], 'a')]
    const names = assignFiles(files, 3).flatMap((share) => share.files.map((one) => one.file))
    expect(names.sort()).toEqual(files.map((one) => one.file).sort())
  })

  test('one file longer than all others together has a lane for itself', () => {
    const [first, ...others] = assignFiles(suite([100, 10, 10, 10]), 2)
    expect(first?.files.map(({ ms }) => ms)).toEqual([100])
    expect(others.flatMap((share) => share.files)).toHaveLength(3)
  })

  test('variants stay whole where that balances: as many restarts as variants', () => {
    const files = ['a', 'b', 'c', 'd'].flatMap((variant) => suite([30, 20, 50], variant))
    const shares = assignFiles(files, 2)
    expect(restarts(shares)).toBe(4)
    expect(worst(shares)).toBe(200)
    // Files of a variant are next to each other.
    for (const { files: own } of shares)
      expect(own.filter((one, index) => own[index - 1]?.variant !== one.variant)).toHaveLength(2)
  })

  test('a variant that is longer than the mean is split, into as few pieces as balance', () => {
    const files = [
      ...suite([60, 60, 60, 60], 'big'),
      ...suite([40, 40], 'small'),
      ...suite([20, 20]),
    ]
    const shares = assignFiles(files, 2)
    expect(worst(shares)).toBeLessThanOrEqual(1.05 * bound(files, 2))
    expect(restarts(shares)).toBeLessThanOrEqual(4)
  })

  test('lanes without files, files without time, and no files are fine', () => {
    expect(assignFiles([], 3).map(({ files }) => files)).toEqual([[], [], []])
    expect(assignFiles(suite([0, 0]), 1)[0]?.files).toHaveLength(2)
    expect(assignFiles(suite([7]), 3).filter(({ files }) => files.length > 0)).toHaveLength(1)
  })
})

test('a queue gives each worker the files of its share when it is free', () => {
  const shares = assignFiles([...suite([50, 50], 'a'), ...suite([30, 30, 40], 'b')], 2)
  const queue = queueOf(shares)
  // Replays the queue with two workers that take the next file when they are free.
  const workers = [
    { at: 0, variants: [] as string[] },
    { at: 0, variants: [] as string[] },
  ]
  for (const { ms, variant } of queue) {
    const next = workers.reduce((a, b) => (b.at < a.at ? b : a))
    next.at += ms
    next.variants.push(variant)
  }
  expect(workers.map(({ at }) => at).sort()).toEqual([100, 100])
  for (const { variants } of workers) expect(new Set(variants).size).toBe(1)
})
