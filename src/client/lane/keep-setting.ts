import { MesocosmError } from '../../errors/mesocosm-error.ts'

/** Whether lanes of failed tests are kept, how long and how many. */
export interface KeepSetting {
  /** Milliseconds. */
  readonly forMs: number
  /** Lanes of one run at the same time. */
  readonly atMost: number
}

/**
 * Reads `MESOCOSM_KEEP` (`failed` keeps the lanes of failed tests; unset, empty or `none` keeps none),
 * `MESOCOSM_KEEP_MS` (how long, in milliseconds; default 3 600 000, at most 24 hours) and `MESOCOSM_KEEP_LANES` (how
 * many per run; default 4).
 *
 * @returns `undefined` if none is kept.
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults.
 */
export const readKeepSetting = (env: NodeJS.ProcessEnv): KeepSetting | undefined => {
  const faults: string[] = []
  const { MESOCOSM_KEEP: when = '' } = env
  if (!['', 'none', 'failed'].includes(when))
    faults.push(`MESOCOSM_KEEP must be "failed" or "none", not ${JSON.stringify(when)}`)
  const integer = (name: string, otherwise: number, most: number): number => {
    const text = env[name]
    if (text === undefined || text === '') return otherwise
    if (/^\d+$/.test(text) && Number(text) > 0 && Number(text) <= most) return Number(text)
    faults.push(`${name} must be an integer from 1 to ${most}, not ${JSON.stringify(text)}`)
    return otherwise
  }
  const forMs = integer('MESOCOSM_KEEP_MS', 3_600_000, 86_400_000)
  const atMost = integer('MESOCOSM_KEEP_LANES', 4, 1_000)
  if (faults.length > 0)
    throw new MesocosmError({
      code: 'ARGUMENT_INVALID',
      message:
        faults.length === 1
          ? (faults[0] as string)
          : `${faults.length} environment variables are invalid`,
      remedy: 'correct or unset them',
      details: faults.length === 1 ? [] : faults,
    })
  return when === 'failed' ? { forMs, atMost } : undefined
}
