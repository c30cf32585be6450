import { typeExpectations } from '../types/budgets.ts'
import { type Comparison, median, ratio } from './samples.ts'

/** A limit and what was measured. */
export interface Expectation {
  readonly what: string
  readonly unit: 'ms' | '×' | '%' | 'MiB' | 'count'
  readonly limit: number
  /** `undefined` if it was not measured. */
  readonly value: number | undefined
}

/** Compares the results with their limits. For information only: exceeding a limit fails nothing. */
export const expectations = (measured: readonly Comparison[]): Expectation[] => {
  const ms = (measure: string, variant: string) =>
    measured
      .find((comparison) => comparison.measure === measure)
      ?.variants.find(({ name }) => name === variant)?.ms
  const against = (measure: string, variant: string, base: string) => {
    const [of, to] = [ms(measure, variant), ms(measure, base)]
    return of === undefined || to === undefined ? undefined : ratio(of, to)
  }
  const overhead = (what: string, measure: string, variant: string, base: string): Expectation => {
    const value = against(measure, variant, base)
    return {
      what: `overhead over the raw floor, ${what}`,
      unit: '%',
      limit: 0.1,
      value: value === undefined ? undefined : value - 1,
    }
  }
  const reattach = ms('reattach', 'mesocosm')
  const unchanged = ms('build', 'unchanged')
  const imported = ms('import', 'mesocosm, net')
  return [
    {
      what: 'five services ready, against testcontainers',
      unit: '×',
      limit: 0.45,
      value: against('ready', 'mesocosm', 'testcontainers'),
    },
    {
      what: 'one more lane ready, against testcontainers',
      unit: '×',
      limit: 0.3,
      value: against('ready', 'mesocosm, one more lane', 'testcontainers'),
    },
    {
      what: 'one more lane ready, against the first',
      unit: '×',
      limit: 0.25,
      value: against('ready', 'mesocosm, one more lane', 'mesocosm'),
    },
    {
      what: 'a lane made ahead ready, against testcontainers',
      unit: '×',
      limit: 0.1,
      value: against('ready', 'mesocosm, a lane made ahead', 'testcontainers'),
    },
    {
      what: 'five services of plain images ready, against testcontainers',
      unit: '×',
      limit: 0.65,
      value: against('ready', 'mesocosm, plain image', 'testcontainers'),
    },
    {
      what: 'env change, against docker restart',
      unit: '×',
      limit: 0.25,
      value: against('env', 'mesocosm', 'docker restart -t 0'),
    },
    ...['env-net', 'env-net-strict'].flatMap((measure): Expectation[] => {
      // Strict subtracts only the time of the program, not of the exec that starts it.
      const what = measure === 'env-net' ? 'env change, net' : 'env change, strictly net'
      return [
        {
          what: `${what}, against docker restart`,
          unit: '×',
          limit: 0.5,
          value: against(measure, 'mesocosm', 'docker restart -t 0'),
        },
        {
          what: `${what}, against docker compose`,
          unit: '×',
          limit: 0.35,
          value: against(measure, 'mesocosm', 'docker compose up -d'),
        },
      ]
    }),
    {
      what: 'reattach from a new process, against testcontainers',
      unit: '×',
      limit: 0.1,
      value: against('reattach', 'mesocosm', 'testcontainers withReuse'),
    },
    {
      what: 'import, against testcontainers',
      unit: '×',
      limit: 0.08,
      value: against('import', 'mesocosm, net', 'testcontainers, net'),
    },
    {
      what: 'reattach from a new process',
      unit: 'ms',
      limit: 150,
      value: reattach === undefined ? undefined : median(reattach),
    },
    {
      what: 'import',
      unit: 'ms',
      limit: 40,
      value: imported === undefined ? undefined : median(imported),
    },
    {
      what: 'memory of the S3 server that 1 GiB adds',
      unit: 'MiB',
      limit: 64,
      value: s3Growth(ms),
    },
    ...s3Requests.map(
      ({ measure, limit }): Expectation => ({
        what: `${measure}, against a bare file server`,
        unit: '×',
        limit,
        value: against(measure, 'mesocosm', 'a bare file server'),
      }),
    ),
    ...['mail', 'files'].map((helper): Expectation => {
      const [own, bare] = ['mesocosm', 'a bare container'].map((variant) =>
        ms(`sidecars-${helper}`, variant),
      )
      return {
        what: `sidecar ${helper} ready, more than 1.1 × a bare container`,
        unit: 'ms',
        limit: 100,
        value:
          own === undefined || bare === undefined ? undefined : median(own) - 1.1 * median(bare),
      }
    }),
    overhead('ready', 'ready', 'mesocosm, plain image', 'raw, sandboxes'),
    overhead(
      'one more lane ready',
      'ready',
      'mesocosm, plain image, one more lane',
      'raw, sandboxes',
    ),
    overhead('env change', 'env', 'mesocosm', 'raw, sandboxes'),
    overhead('exec', 'exec', 'mesocosm', 'raw dockerode'),
    overhead('down', 'down', 'mesocosm, plain image', 'raw, sandboxes'),
    ...typeExpectations(ms),
    {
      what: 'hash of an unchanged build folder with 57,000 files',
      unit: 'ms',
      limit: 1_000,
      value: unchanged === undefined ? undefined : median(unchanged),
    },
  ]
}

// ---

/** At least 0.7 of the speed for small objects, and 0.8 for large ones. */
const s3Requests = [
  { measure: 's3-put-1KiB', limit: 1 / 0.7 },
  { measure: 's3-get-1KiB', limit: 1 / 0.7 },
  { measure: 's3-put-64MiB', limit: 1 / 0.8 },
  { measure: 's3-get-64MiB', limit: 1 / 0.8 },
]

type Samples = (measure: string, variant: string) => readonly number[] | undefined

const s3Growth = (samples: Samples): number | undefined => {
  const ready = samples('s3-memory', 'ready')
  const peak = samples('s3-memory', 'peak after 1 GiB')
  return ready === undefined || peak === undefined ? undefined : median(peak) - median(ready)
}
