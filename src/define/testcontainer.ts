import type { ModuleSpec } from '../model/service-spec.ts'
import type { Nothing } from './register.ts'

/** Any `GenericContainer` of testcontainers, by its shape: nothing is imported from there. */
export interface ContainerLike {
  /** Never called by Mesocosm. */
  start(): Promise<object>
  /** See testcontainers. */
  withEnvironment(environment: Record<string, string>): unknown
  /** See testcontainers. */
  withExposedPorts(...ports: number[]): unknown
}

/** A testcontainers container as data, loaded only in the process that starts it. */
export interface TestcontainersModule extends ModuleSpec {
  /** Calls of `with…` methods: the array of arguments by method name. */
  readonly options: Readonly<Record<`with${string}`, readonly unknown[]>>
}

/**
 * Declares a container class of a testcontainers module as data: importing the topology does not load the module.
 * Typed by the module: `testcontainer<typeof import('@testcontainers/postgresql')>({ … })`.
 *
 * @param definition.module package or file that exports the class.
 * @param definition.export the class's name.
 * @param definition.args what its constructor takes.
 * @param definition.options arguments of its `with…` methods, one array each. Methods that take more than data are left out.
 * @param definition.resolveFrom file or `file:` URL from which the module is resolved, such as `import.meta.url`;
 *   default the topology's folder.
 * @throws on start: {@link MesocosmError} `MODULE_UNREADABLE`.
 * @example db: { from: testcontainer<typeof import('@testcontainers/postgresql')>({ module: '@testcontainers/postgresql',
 *   export: 'PostgreSqlContainer', args: ['postgres:17'], options: { withDatabase: ['app'] } }), ports: { sql: 5432 } }
 */
export const testcontainer = <M extends object>(
  definition: ModuleDefinition<M>,
): TestcontainersModule => {
  const { module, export: name, args, options, resolveFrom } = definition as LooseDefinition
  return {
    module,
    export: name,
    args: args ?? [],
    options: options ?? {},
    ...(resolveFrom === undefined ? {} : { resolveFrom }),
  }
}

/** What {@link testcontainer} takes for module `M`. */
// One shape per exported container class: `export` decides the types of `args` and `options`,
// and users write a single type argument.
export type ModuleDefinition<M> = {
  [E in ContainerExport<M>]: {
    readonly module: string
    readonly export: E
    readonly options?: OptionsOf<InstanceOf<M[E]>>
    readonly resolveFrom?: string
  } & (readonly [] extends Readonly<ArgsOf<M[E]>>
    ? { readonly args?: Readonly<ArgsOf<M[E]>> }
    : { readonly args: Readonly<ArgsOf<M[E]>> })
}[ContainerExport<M>]

type ContainerExport<M> = {
  [E in keyof M & string]: InstanceOf<M[E]> extends ContainerLike ? E : never
}[keyof M & string]

type InstanceOf<C> = C extends new (...args: never[]) => infer I ? I : never
type ArgsOf<C> = C extends new (...args: infer A) => unknown ? A : never

type OptionsOf<I> = {
  readonly [W in keyof I & `with${string}` as ArgsAsData<I[W]> extends never
    ? never
    : W]?: ArgsAsData<I[W]>
}

type ArgsAsData<F> = F extends (...args: infer A) => unknown
  ? false extends { [P in keyof A]: IsData<A[P]> }[number]
    ? never
    : Readonly<A>
  : never

/** Checks two levels, which is as deep as the arguments of the modules are. */
type IsData<T> = T extends (...args: never[]) => unknown
  ? false
  : T extends readonly (infer E)[]
    ? IsFlat<E>
    : T extends object
      ? false extends { [P in keyof T]-?: IsFlat<T[P]> }[keyof T]
        ? false
        : true
      : true

type IsFlat<T> = T extends (...args: never[]) => unknown
  ? false
  : T extends readonly unknown[]
    ? true
    : T extends object
      ? true extends {
          [P in keyof T]-?: T[P] extends (...args: never[]) => unknown ? true : false
        }[keyof T]
        ? false
        : true
      : true

interface LooseDefinition {
  readonly module: string
  readonly export: string
  readonly args?: readonly unknown[]
  readonly options?: Nothing
  readonly resolveFrom?: string
}
