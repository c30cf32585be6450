import type { PluginMark, plugin } from './plugin-node.ts'

/** Declared port names of a definition; of a plugin node, the plugin's. */
export type PortNames<D> = D extends { readonly [plugin]: PluginMark<infer P, string, object> }
  ? P
  : D extends { readonly ports: infer P }
    ? keyof P & string
    : never

/** What other services can refer to. */
export type OutputNames<D> =
  | 'host'
  | 'port'
  | `${PortNames<D>}.${'host' | 'port' | 'url'}`
  | (D extends { readonly [plugin]: PluginMark<string, infer O, object> } ? O : never)

/**
 * `<service>.<output>` by service. Write `Names<S>[keyof S & string]` at the place of use:
 * behind an alias, errors would print the whole topology instead of the names.
 */
export type Names<S> = { [K in keyof S & string]: `${K}.${OutputNames<S[K]>}` }
