import type { EnvUse } from '../model/env-key.ts'
import type { GenerateWarning } from '../model/findings.ts'
import { isWorthNaming } from './names.ts'

/** The findings of one file. File names are relative to the folder that is read. */
export interface Reading {
  readonly uses: readonly EnvUse[]
  readonly troubles: readonly Trouble[]
}

/** A warning whose service is added later. */
export type Trouble = Omit<GenerateWarning, 'service'>

/** An empty reading. */
export const nothing: Reading = { uses: [], troubles: [] }

/** Returns several readings as one. */
export const joined = (readings: readonly Reading[]): Reading => ({
  uses: readings.flatMap(({ uses }) => uses),
  troubles: readings.flatMap(({ troubles }) => troubles),
})

/** Returns the warning for names computed at run time; suggests strings of the same file that look like names. */
export const dynamicNames = (file: string, texts: Iterable<string>): Trouble => ({
  file,
  message: 'reads environment variables by names computed at run time',
  suggestions: envShaped(texts),
})

/** Returns names such as `MAIL_HOST`, unique and sorted. Single words such as `POST` are too often something else. */
export const envShaped = (texts: Iterable<string>): readonly string[] =>
  [...new Set(texts)]
    .filter((text) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) && isWorthNaming(text, false))
    .sort()
