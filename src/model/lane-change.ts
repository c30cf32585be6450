import { isSecretPart, type SecretPart } from './template.ts'
import { isKeyed } from './value-kind.ts'

/** Environment variables that replace the declared ones; `null` unsets a variable. */
export type EnvOverrides = Readonly<Record<string, string | null>>

/** The same on their way to the supervisor, which must know the secrets among them. */
export type MarkedOverrides = Readonly<Record<string, string | null | SecretPart>>

/** Returns the variables with their values. */
export const plainPatch = (patch: MarkedOverrides): EnvOverrides =>
  Object.fromEntries(
    Object.entries(patch).map(([key, value]) => [key, isSecretPart(value) ? value.secret : value]),
  )

/** Returns the secrets among the values of what may be a patch; a value that cannot be read has none. */
export const secretsInPatch = (patch: unknown): string[] =>
  isKeyed(patch)
    ? Object.keys(patch).flatMap((key) => {
        const value = readable(patch, key)
        return isSecretPart(value) ? [value.secret] : []
      })
    : []

/** How a lane is reset to its declared state: `light` by the services' own tasks, `deep` by recreating them. */
export type ResetDepth = 'light' | 'deep'

// ---

const readable = (of: Readonly<Record<string, unknown>>, key: string): unknown => {
  try {
    return of[key]
  } catch {
    // A getter that throws is reported where the value is used.
    return undefined
  }
}
