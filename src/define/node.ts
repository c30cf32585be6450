import type { Faults } from './faults.ts'
import type { Names, PortNames } from './names.ts'
import type { PluginNode } from './plugin-node.ts'
import type { ServiceDefinition } from './service-definition.ts'

declare const written: unique symbol

/**
 * What may stand under the name `K` of the services `S` of topology `N`: a service definition or a plugin's node.
 * Used as an F-bound, `S extends { [K in keyof S]: Node<N, S, K> }`: it gives completions and precise errors in the literal.
 */
// One object type and no union of the two: in a union, editors offer no keys once a first key is written.
export type Node<N, S, K extends keyof S> = ServiceDefinition<
  N,
  S,
  K,
  S[K] extends { readonly from: unknown } ? string : PortNames<S[K]>,
  Names<S>[keyof S & string]
> &
  Partial<PluginNode> &
  Faults<S, K> & {
    // While the definition has an error, inference falls back to this bound. What was written
    // survives here, so that handles stay typed in every test file.
    readonly [written]?: S[K]
  }

/** The definition as written, also while it has an error. */
export type Written<D> = D extends { readonly [written]?: infer X }
  ? unknown extends X
    ? D
    : X
  : D
