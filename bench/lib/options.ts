import { parseArgs } from 'node:util'

/** Names of all measures, in the order in which they run. */
export const measureNames = [
  'ready',
  'env',
  'exec',
  'reattach',
  'import',
  's3',
  's3-speed',
  'sidecars',
  'lane',
  'types',
  'build',
] as const
/** Name of a measure. */
export type MeasureName = (typeof measureNames)[number]

/** Command line options of the benchmark. */
export interface Options {
  /** Number of counted rounds. Default 7. */
  readonly rounds: number
  /** What to measure. Default all. */
  readonly only: readonly MeasureName[]
  /** Whether to print all samples as JSON instead of tables. */
  readonly json: boolean
}

/** Parses the command line; throws an error with the usage for an invalid argument. */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      only: { type: 'string', default: measureNames.join(',') },
      json: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: ${usage}`)
  const only = values.only.split(',').map((name) => {
    const known = measureNames.find((measure) => measure === name)
    if (known === undefined) throw new Error(`--only ${name}: ${usage}`)
    return known
  })
  return { rounds, only, json: values.json }
}

const usage = `usage: npm run bench -- [--rounds 7] [--only ${measureNames.join(',')}] [--json]`
