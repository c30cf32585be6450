import type { Faults } from './faults.ts'
import type { PlainServiceDefinition } from './plain-definition.ts'
import type { PluginMark, PluginServiceDefinition, plugin } from './plugin-node.ts'

/**
 * What can be declared under the name `K` among the services `S` of topology `N`: a plain service, or one made by
 * a plugin. Used as an F-bound, `S extends { [K in keyof S]: ServiceDefinition<N, S, K> }`: it gives completions
 * and precise errors inside the literal.
 */
// One object type instead of a union of the two: in a union, editors offer no keys after the first one.
export type ServiceDefinition<N, S, K extends keyof S> = PlainServiceDefinition<
  N,
  S,
  K,
  S[K] extends { readonly from: unknown } ? string : PortNames<S[K]>,
  OutputRefs<S>[keyof S & string]
> &
  Partial<PluginServiceDefinition> &
  Faults<S, K> & {
    // While the definition has an error, inference falls back to this bound. The written type
    // survives here, so that handles stay typed in every test file.
    readonly [written]?: S[K]
  }

/** @deprecated Use {@link ServiceDefinition}. */
export type Node<N, S, K extends keyof S> = ServiceDefinition<N, S, K>

/** The definition as written, even while it has an error. */
export type Written<D> = D extends { readonly [written]?: infer X }
  ? unknown extends X
    ? D
    : X
  : D

/** Names of the ports that a definition declares, or that its plugin does. */
export type PortNames<D> = D extends { readonly [plugin]: PluginMark<infer P, string, object> }
  ? P
  : D extends { readonly ports: infer P }
    ? keyof P & string
    : never

/**
 * What can be referred to, `<service>.<output>`, by service. Write `OutputRefs<S>[keyof S & string]` where it is
 * used: behind an alias, errors would print the whole topology instead of the names.
 */
export type OutputRefs<S> = { [K in keyof S & string]: `${K}.${OutputNames<S[K]>}` }

// ---

declare const written: unique symbol

type OutputNames<D> =
  | 'host'
  | 'port'
  | `${PortNames<D>}.${'host' | 'port' | 'url'}`
  | (D extends { readonly [plugin]: PluginMark<string, infer O, object> } ? O : never)
