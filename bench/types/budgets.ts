import type { Expectation } from '../lib/expectations.ts'
import { median } from '../lib/samples.ts'

/** Limits for types: times on an otherwise idle machine, counts on any machine. */
export const budgets = {
  plain: { checkMs: 300, instantiations: 200_000 },
  zod: { checkMs: 1_200, instantiations: 450_000 },
  generateMs: 700,
} as const

/** Names of the measured sizes. */
export const sizeNames = {
  plain: '50 services × 30 variables',
  argv: 'and 500 argv commands',
  zod: 'and 500 zod commands',
} as const

/** Name of the measurement of `mesocosm gen`. */
export const generateName = 'mesocosm gen'

/** Compares the results for types with their limits. */
export const typeExpectations = (
  samples: (measure: string, variant: string) => readonly number[] | undefined,
): Expectation[] => {
  const of = (measure: string, variant: string) => {
    const found = samples(measure, variant)
    return found === undefined ? undefined : median(found)
  }
  return [
    ...(['plain', 'zod'] as const).flatMap((size): Expectation[] => {
      const name = size === 'plain' ? sizeNames.plain : `${sizeNames.plain} ${sizeNames.zod}`
      const { checkMs, instantiations } = budgets[size]
      return [
        {
          what: `check by TypeScript 7, ${name}`,
          unit: 'ms',
          limit: checkMs,
          value: of('types-check', sizeNames[size]),
        },
        {
          what: `type instantiations, ${name}`,
          unit: 'count',
          limit: instantiations,
          value: of('types-instantiations', sizeNames[size]),
        },
      ]
    }),
    {
      what: 'generating types from 200 source files',
      unit: 'ms',
      limit: budgets.generateMs,
      value: of('gen', generateName),
    },
  ]
}
