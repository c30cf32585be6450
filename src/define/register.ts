/**
 * What `mesocosm gen` found, by topology name and service: `{ shop: { api: { env: …; exec: … } } }`.
 * Empty until `topology.gen.ts` augments it; without that file only the generated names are missing.
 */
// biome-ignore lint/suspicious/noEmptyInterface: only an interface can be augmented.
export interface Register {}

/** The generated env keys, commands or client types of service `K` of topology `N`; without keys if there are none. */
export type Generated<N, K, Part extends 'env' | 'exec' | 'client'> = N extends keyof Register
  ? K extends keyof Register[N]
    ? Part extends keyof Register[N][K]
      ? Register[N][K][Part]
      : Nothing
    : Nothing
  : Nothing

/** An object type without keys. */
// biome-ignore lint/complexity/noBannedTypes: exactly the type without keys is needed, whose `keyof` is never.
export type Nothing = {}
