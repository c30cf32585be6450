import type { Scalar } from '../model/template.ts'
import type { Generated, Nothing } from './register.ts'

/** What `withEnv` and `setEnv` take where the keys are not known; `undefined` takes a variable away. */
export type EnvPatch = Readonly<Record<string, Scalar | undefined>>

/**
 * The same for service `K` with definition `D`: generated and declared keys.
 * Two halves rather than one map over all keys, which would lose the way to their declarations.
 */
export type EnvPatchOf<N, K, D> = Patch<Generated<N, K, 'env'>> & {
  readonly [E in keyof EnvOf<D> as Exclude<E, keyof Generated<N, K, 'env'>>]?: Scalar | undefined
} & {
  // A type without any key would accept everything.
  readonly [noKey]?: never
}

/** Generated keys as they are where all can be left out and be `undefined`: editors show docs of a map's keys to no one. */
type Patch<G> = { readonly [E in keyof G]?: undefined } extends G
  ? G
  : { readonly [E in keyof G]?: G[E] | undefined }

/** The environment the service runs with, as text. */
export type EnvTextOf<N, K, D> = {
  readonly [E in keyof Generated<N, K, 'env'>]-?: string
} & {
  readonly [E in keyof EnvOf<D> as Exclude<E, keyof Generated<N, K, 'env'>>]-?: string
}

export type EnvOf<D> = D extends { readonly env: infer E } ? E : Nothing

declare const noKey: unique symbol
