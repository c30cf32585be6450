import type { CliDefinition } from '../model/cli.ts'
import type { ComposeWords } from '../model/compose-words.ts'
import type { BaseHandle } from './handle.ts'
import type { BuildDefinition, PortDefinition, ServiceKey } from './plain-definition.ts'
import type { plugin } from './plugin-node.ts'

/**
 * Mistakes that the bound alone accepts, each as a message at the property that is wrong.
 * (TypeScript checks excess properties against a bound only if no property fits.)
 */
export type Faults<S, K extends keyof S> = NameFault<K> &
  SourceFault<S[K]> & {
    readonly [P in Exclude<keyof S[K], ServiceKey | symbol>]?: P extends keyof ComposeWords
      ? `✗ unknown service key "${P}"; write "${ComposeWords[P]}"`
      : `✗ unknown service key "${P & string}"`
  } & {
    readonly [P in keyof S[K] & keyof NestedFaults<S, K>]?: NestedFaults<S, K>[P]
  }

/** Names that every handle uses, or that `await` looks up: no port, output or plugin method can have them. */
export type ReservedName = keyof BaseHandle<never> | 'env' | 'exec' | 'then'

/** Names that mean something else in references and among the fixtures of a test, or that are no host names. */
type NameFault<K> = K extends 'self' | 'lane' | 'localhost'
  ? { readonly image: `✗ "${K}" is reserved; choose another service name` }
  : K extends Lowercase<K & string> & WithoutSeparators<K>
    ? unknown
    : {
        readonly image: `✗ "${K & string}" is not a host name; use lower-case letters, digits and "-"`
      }

/** `never` for names with a character that people use in names and host names do not have. */
type WithoutSeparators<K> = K extends `${string}${'_' | '.' | ' '}${string}` ? never : K

type Source = 'image' | 'build' | 'from' | 'endpoint'

type SourceFault<D> = typeof plugin extends keyof D
  ? unknown
  : [keyof D & Source] extends [never]
    ? { readonly image: '✗ a service needs one of image, build and from' }
    : // Three conditions, because a tuple of a union would fit a union of tuples.
      [keyof D & Source] extends ['image']
      ? unknown
      : [keyof D & Source] extends ['build']
        ? unknown
        : [keyof D & Source] extends ['from']
          ? unknown
          : [keyof D & Source] extends ['endpoint']
            ? unknown
            : {
                readonly [P in Exclude<
                  keyof D & Source,
                  'image'
                >]?: '✗ a service takes only one of image, build and from'
              }

interface NestedFaults<S, K extends keyof S> {
  build: UnknownIn<Of<S[K], 'build'>, keyof BuildDefinition, 'build key'>
  ports: PortFaults<Of<S[K], 'ports'>>
  dependsOn: UnknownIn<Of<S[K], 'dependsOn'>, Exclude<keyof S, K>, 'service'>
  cli: UnknownIn<Of<S[K], 'cli'>, keyof CliDefinition, 'cli key'>
}

type Of<D, P extends string> = D extends { readonly [Q in P]: infer V } ? V : unknown

type PortFaults<Ports> = {
  readonly [P in keyof Ports]?: P extends ReservedName
    ? `✗ "${P & string}" is a name of every handle; choose another port name`
    : UnknownIn<Ports[P], keyof PortDefinition, 'port key'>
}

// `unknown` if nothing is wrong: an empty object type would make `string & {}`, whose methods editors offer.
type UnknownIn<D, Known extends PropertyKey, What extends string> = D extends
  | string
  | number
  | readonly unknown[]
  ? unknown
  : [Exclude<keyof D, Known>] extends [never]
    ? unknown
    : { readonly [P in Exclude<keyof D, Known>]?: `✗ unknown ${What} "${P & string}"` }
