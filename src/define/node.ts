import type { Faults } from './faults.ts'
import type { PluginNode, plugin } from './plugin-node.ts'
import type { ServiceDefinition } from './service-definition.ts'

declare const written: unique symbol

/**
 * What may stand under the name `K` of the services `S` of topology `N`.
 * Used as an F-bound, `S extends { [K in keyof S]: Node<N, S, K> }`: it gives completions and precise errors in the literal.
 */
export type Node<N, S, K extends keyof S> = (
  | PluginNode
  | (ServiceDefinition<N, S, K> & Faults<S, K> & { readonly [plugin]?: never })
) &
  ReservedService<K> & {
  // While the definition has an error, inference falls back to this bound. What was written
  // survives here, so that handles stay typed in every test file.
  readonly [written]?: S[K]
}

/** Names that mean something else beside services: in refs and among the fixtures of a test. */
type ReservedService<K> = K extends 'self' | 'lane'
  ? `✗ "${K}" is no name for a service: it has a meaning of its own`
  : unknown

/** The definition as written, also while it has an error. */
export type Written<D> = D extends { readonly [written]?: infer X }
  ? unknown extends X
    ? D
    : X
  : D
