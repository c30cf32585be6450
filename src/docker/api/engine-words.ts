import { detailOf } from './errors.ts'

/** What an engine may mean by the text of a refusal; engines have no codes for these. */
export type EngineMeaning = keyof typeof words

/** Returns whether an engine's refusal has this meaning, in Docker's words or in Podman's. */
export const says = (meaning: EngineMeaning, error: unknown): boolean =>
  words[meaning].test(detailOf(error))

// ---

const words = {
  /** Another network of the engine or its host has addresses of this subnet. */
  'subnet taken': /overlap|is already used on the host or by another config/i,
} as const
