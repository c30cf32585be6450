import type { Expectation } from './expectations.ts'
import { type Comparison, median, ratio } from './samples.ts'

/** Returns a comparison as a table. */
export const comparisonTable = ({ title, base, variants }: Comparison): string => {
  const to = variants.find(({ name }) => name === base)?.ms ?? []
  const rows = variants.map(({ name, ms }) => [
    name,
    milliseconds(median(ms)),
    milliseconds(Math.min(...ms)),
    milliseconds(Math.max(...ms)),
    String(ms.length),
    `${ratio(ms, to).toFixed(2)} ×`,
  ])
  return `\n${title}\n${aligned([['', 'median', 'min', 'max', 'n', `of ${base}`], ...rows])}`
}

/** Returns the expectations as a table. */
export const expectationTable = (expectations: readonly Expectation[]): string =>
  `\nExpected\n${aligned(
    expectations.map(({ what, limit, unit, value }) => [
      `${mark(value, limit)} ${what}`,
      shown(value, unit),
      `≤ ${shown(limit, unit)}`,
    ]),
  )}`

// ---

const mark = (value: number | undefined, limit: number) => {
  if (value === undefined) return '–'
  return value <= limit ? '✓' : '✗'
}

const shown = (value: number | undefined, unit: Expectation['unit']): string => {
  if (value === undefined) return 'not measured'
  if (unit === 'ms' || unit === 'MiB') return `${milliseconds(value)} ${unit}`
  if (unit === 'count') return String(value)
  return unit === '×' ? `${value.toFixed(2)} ×` : `${(value * 100).toFixed(1)} %`
}

const milliseconds = (ms: number): string => (Math.abs(ms) < 100 ? ms.toFixed(1) : ms.toFixed(0))

/** Aligns the first column left and the others right. */
const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 3),
        )
        .join(''),
    )
    .map((line) => `  ${line}`)
    .join('\n')
}
