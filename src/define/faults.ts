import type { BaseHandle } from './handle.ts'
import type { BuildDefinition, PortDefinition, ServiceKey } from './service-definition.ts'

/**
 * Mistakes that a bound alone lets pass, each as a sentence in the place of the mistake.
 * (Excess properties are not checked against a bound as soon as one property fits.)
 */
export type Faults<S, K extends keyof S> = SourceFault<S[K]> & {
  readonly [P in keyof S[K]]?: P extends 'build'
    ? UnknownIn<S[K][P], keyof BuildDefinition, 'build key'>
    : P extends 'ports'
      ? PortFaults<S[K][P]>
      : P extends 'dependsOn'
        ? UnknownIn<S[K][P], Exclude<keyof S, K>, 'service'>
        : P extends ServiceKey | symbol
          ? unknown
          : `✗ unknown service key "${P & string}"`
}

type Source = 'image' | 'build' | 'from'

type SourceFault<D> = [keyof D & Source] extends [never]
  ? { readonly image: '✗ a service needs one of image, build and from' }
  : [keyof D & Source] extends ['image']
    ? unknown
    : [keyof D & Source] extends ['build']
      ? unknown
      : [keyof D & Source] extends ['from']
        ? unknown
        : {
            readonly [P in Exclude<keyof D & Source, 'image'>]?: '✗ a service takes only one of image, build and from'
          }

type PortFaults<Ports> = {
  readonly [P in keyof Ports]?: P extends ReservedName
    ? `✗ "${P & string}" names something else on the handle; choose another port name`
    : UnknownIn<Ports[P], keyof PortDefinition, 'port key'>
}

type UnknownIn<D, Known extends PropertyKey, What extends string> = D extends
  | string
  | number
  | readonly unknown[]
  ? unknown
  : { readonly [P in Exclude<keyof D, Known>]?: `✗ unknown ${What} "${P & string}"` }

/** Names that a handle has of its own, or that `await` asks for: no port, output or plugin method can have them. */
export type ReservedName = keyof BaseHandle<never> | 'env' | 'exec' | 'then'
