import type { Scalar } from '../model/template.ts'
import type { Generated, Nothing } from './register.ts'

/** What `withEnv` and `setEnv` take where the keys are not known; `undefined` takes a variable away. */
export type EnvPatch = Readonly<Record<string, Scalar | undefined>>

/**
 * The same for service `K` with definition `D`: generated and declared keys.
 * Two homomorphic halves rather than one map over all keys, which would lose the keys' docs and go-to-definition.
 */
export type EnvPatchOf<N, K, D> = {
  readonly [E in keyof Generated<N, K, 'env'>]?: Generated<N, K, 'env'>[E] | undefined
} & {
  readonly [E in keyof EnvOf<D> as Exclude<E, keyof Generated<N, K, 'env'>>]?: Scalar | undefined
} & {
  // A type without any key would accept everything.
  readonly [noKey]?: never
}

/** The environment the service runs with, as text. */
export type EnvTextOf<N, K, D> = {
  readonly [E in keyof Generated<N, K, 'env'>]-?: string
} & {
  readonly [E in keyof EnvOf<D> as Exclude<E, keyof Generated<N, K, 'env'>>]-?: string
}

export type EnvOf<D> = D extends { readonly env: infer E } ? E : Nothing

declare const noKey: unique symbol
