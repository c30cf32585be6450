import type { CliDefinition } from '../model/cli.ts'
import type { Condition } from '../model/service-spec.ts'
import type { BasicDefinition, BuildDefinition, PortDefinition } from './plain-definition.ts'
import type { Generated } from './register.ts'

/**
 * Completions for editors. Once a definition is correct, inference uses the type of what is written, which knows
 * only the keys that are present; this adds the others. It is looser than the bound, so it causes no errors.
 */
export type Hints<N, S> = { readonly [K in keyof S]: ServiceHints<N, S, K> }

interface ServiceHints<N, S, K extends keyof S> extends BasicDefinition {
  /** Folder with a Dockerfile, or an object with build options. Exactly one of `image`, `build` and `from`. */
  readonly build?: S[K] extends { readonly build?: infer B }
    ? UnlessShort<B, BuildDefinition>
    : unknown
  /** Ports by name, `{ http: 3000 }`. The first one is the default of `host`, `port` and probes. */
  readonly ports?: S[K] extends { readonly ports: infer Ports }
    ? { readonly [P in keyof Ports]: UnlessShort<Ports[P], PortDefinition> }
    : unknown
  /** When the service is ready: `http`, `tcp`, `log`, `exec`, `healthcheck` or `all`. */
  readonly ready?: unknown
  /** Environment variables. Values can contain `ref(…)` and `secret(…)`. */
  readonly env?: { readonly [E in keyof Generated<N, K, 'env'>]?: unknown }
  /** Services that must be ready before this one starts; references imply it. */
  readonly dependsOn?: S[K] extends { readonly dependsOn: readonly unknown[] }
    ? unknown
    : { readonly [D in Exclude<keyof S, K>]?: Condition }
  /** Named commands: functions that return argv, or `defineCommand(…)`. */
  readonly exec?: unknown
  /** How the service's own command-line tool is started in it: `['php', 'bin/console']`, or `{ argv, kind }`. */
  readonly cli?: S[K] extends { readonly cli?: infer C } ? UnlessShort<C, CliDefinition> : unknown
  /** Folders with the service's code, for `mesocosm gen`; default the build context. */
  readonly sources?: unknown
}

/** No completions for a short form (a string, a number, an array): editors would offer its methods. */
type UnlessShort<V, Long> = [Extract<V, string | number | readonly unknown[]>] extends [never]
  ? Long
  : unknown
