import type { EnvUse } from '../model/env-key.ts'
import type { Warning } from '../model/findings.ts'
import { isWorthNaming } from './names.ts'

/** What one file tells. Files are named relative to the folder that is read. */
export interface Reading {
  readonly uses: readonly EnvUse[]
  readonly troubles: readonly Trouble[]
}

/** A warning that does not know its service yet. */
export type Trouble = Omit<Warning, 'service'>

export const nothing: Reading = { uses: [], troubles: [] }

export const joined = (readings: readonly Reading[]): Reading => ({
  uses: readings.flatMap(({ uses }) => uses),
  troubles: readings.flatMap(({ troubles }) => troubles),
})

/** Names that a program makes up while it runs; what looks like one in the same file may be meant. */
export const dynamicNames = (file: string, texts: Iterable<string>): Trouble => ({
  file,
  message: 'reads environment variables whose names are made at run time',
  suggestions: envShaped(texts),
})

/** `MAIL_HOST` and the like, once each, by code unit. A single word, `POST`, is as often something else. */
export const envShaped = (texts: Iterable<string>): readonly string[] =>
  [...new Set(texts)]
    .filter((text) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) && isWorthNaming(text, false))
    .sort()
