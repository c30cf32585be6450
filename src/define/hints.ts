import type { Condition } from '../model/service-spec.ts'
import type { Generated } from './register.ts'
import type { BuildDefinition, CommonDefinition, PortDefinition } from './service-definition.ts'

/**
 * For editors alone. In a correct definition inference has left the bound for the type of what is written,
 * which knows only the keys that are there already; this tells the others. It is looser than the bound,
 * so that no error comes from here.
 */
export type Hints<N, S> = { readonly [K in keyof S]: ServiceHints<N, S, K> }

interface ServiceHints<N, S, K extends keyof S>
  extends Omit<CommonDefinition, 'build' | 'ports' | 'ready'> {
  readonly build?: S[K] extends { readonly build?: infer B }
    ? UnlessShort<B, BuildDefinition>
    : unknown
  readonly ports?: S[K] extends { readonly ports: infer Ports }
    ? { readonly [P in keyof Ports]: UnlessShort<Ports[P], PortDefinition> }
    : unknown
  readonly ready?: unknown
  readonly env?: { readonly [E in keyof Generated<N, K, 'env'>]?: unknown }
  readonly dependsOn?: S[K] extends { readonly dependsOn: readonly unknown[] }
    ? unknown
    : { readonly [D in Exclude<keyof S, K>]?: Condition }
  readonly exec?: unknown
}

/** No hint beside a short form (a path, a number), else editors would offer the methods of strings and numbers. */
type UnlessShort<V, Long> = [Extract<V, string | number>] extends [never] ? Long : unknown
