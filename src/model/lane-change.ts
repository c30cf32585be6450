/** Environment variables that replace the declared ones; `null` unsets a variable. */
export type EnvOverrides = Readonly<Record<string, string | null>>

/** How a lane is reset to its declared state: `light` by the services' own tasks, `deep` by recreating them. */
export type ResetDepth = 'light' | 'deep'
