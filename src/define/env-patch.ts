import type { Scalar, SecretPart } from '../model/template.ts'
import type { Generated, Nothing } from './register.ts'

/**
 * What `withEnv` and `setEnv` take if the keys are not known: variables by name; `undefined` unsets one, `secret(…)`
 * keeps a value out of the record.
 */
export type EnvPatch = Readonly<Record<string, Scalar | SecretPart | undefined>>

/**
 * What `withEnv` and `setEnv` of service `K` with definition `D` take: generated and declared keys.
 * Two mapped types, because one over all keys would lose go-to-definition.
 */
export type EnvPatchOf<N, K, D> = Patch<Generated<N, K, 'env'>> & {
  readonly [E in keyof EnvOf<D> as Exclude<E, keyof Generated<N, K, 'env'>>]?:
    | Scalar
    | SecretPart
    | undefined
} & {
  // A type without keys would accept everything.
  readonly [noKey]?: never
}

/** Generated keys unmapped if all are optional and may be `undefined`: editors show no docs for keys of a mapped type. */
type Patch<G> = { readonly [E in keyof G]?: undefined } extends G
  ? G
  : { readonly [E in keyof G]?: G[E] | undefined }

/** The environment variables that the service runs with, by name, all strings. */
export type EnvTextOf<N, K, D> = {
  readonly [E in keyof Generated<N, K, 'env'>]-?: string
} & {
  readonly [E in keyof EnvOf<D> as Exclude<E, keyof Generated<N, K, 'env'>>]-?: string
}

/** The `env` key of a definition; without keys if it has none. */
export type EnvOf<D> = D extends { readonly env: infer E } ? E : Nothing

declare const noKey: unique symbol
