/**
 * What code generation found, by topology name and service: `{ shop: { api: { env: …; exec: … } } }`.
 * Empty until `topology.gen.ts` augments it; nothing is lost without that file but the generated names.
 */
// biome-ignore lint/suspicious/noEmptyInterface: an interface is what module augmentation can fill.
export interface Register {}

/** The generated part of service `K` of topology `N`: its env keys or its commands; without keys when there are none. */
export type Generated<N, K, Part extends 'env' | 'exec'> = N extends keyof Register
  ? K extends keyof Register[N]
    ? Part extends keyof Register[N][K]
      ? Register[N][K][Part]
      : Nothing
    : Nothing
  : Nothing

/** An object type without keys. */
// biome-ignore lint/complexity/noBannedTypes: exactly the type without keys is meant, and `keyof` of it is never.
export type Nothing = {}
