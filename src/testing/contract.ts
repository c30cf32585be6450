import type { WaitOptions } from '../define/handle.ts'
import type { HandleOf } from '../define/handle-types.ts'
import type { PluginNode } from '../define/plugin-node.ts'

/**
 * What a plugin brings along to be held to its contract. A plugin with two share modes, or with several servers,
 * is held to it once for each.
 */
export interface PluginContract<N extends PluginNode> {
  /** Heads the suite, and is the name of its topology: `redis`, `redis on a shared server`. */
  readonly name: string
  /** The module that exports the plugin: `new URL('./index.ts', import.meta.url)`. */
  readonly module: URL
  /**
   * Makes the node as a topology would. Called several times. Paths in options must be absolute, and secrets
   * such as appear nowhere else.
   */
  readonly make: () => N
  /**
   * What everybody does first, such as a query; leaves nothing that `read` finds. Called once after each start:
   * a retry would hide that ready came too early.
   */
  readonly use: (service: ServiceOf<N>) => Promise<unknown>
  /** How a test leaves something there, and what it then finds. A plugin that keeps nothing skips `data`. */
  readonly data?: ContractData<N>
  /**
   * Methods that take `{ signal, timeoutMs }`, by name. They are called while the service does not answer.
   * A plugin without such methods skips `waits`.
   */
  readonly waits?: Readonly<
    Record<string, (service: ServiceOf<N>, options: WaitOptions) => Promise<unknown>>
  >
  /** A service that writes at its own start, before a lane is ready: that belongs to what a reset brings back. */
  readonly seed?: ContractSeed
  /** Any image with `node`, for a service that looks at the plugin's from inside. Default `node:24-trixie-slim`. */
  readonly appImage?: string
  /** Clauses that do not hold for this plugin, each with its reason. */
  readonly skip?: Readonly<Partial<Record<ContractClause, string>>>
}

/**
 * `import`: importing the plugin loads no other package; `outside`, `inside`: its outputs lead to it from tests and
 * services; `secrets`: they are in no plan, error or record; `data`: lanes are kept apart and resets forget;
 * `add`: it can join and leave a running lane; `restart`: it works again after stop, restart and kill;
 * `waits`: its calls heed timeouts and signals; `release`: nothing is left, here or on the engine.
 */
export type ContractClause =
  | 'import'
  | 'outside'
  | 'inside'
  | 'secrets'
  | 'data'
  | 'add'
  | 'restart'
  | 'waits'
  | 'release'

/** The handle that tests get of this node. */
export type ServiceOf<N extends PluginNode> = HandleOf<string, string, N>

/** How the contract writes and reads data of a service. */
export interface ContractData<N extends PluginNode> {
  /** Leaves a mark, `[a-z-]+`, where the next `read` finds it. */
  readonly write: (service: ServiceOf<N>, mark: string) => Promise<unknown>
  /** All marks that are there, declared ones too, in any order. */
  readonly read: (service: ServiceOf<N>) => Promise<readonly string[]>
}

/** Data that a dependent service writes when it starts. */
export interface ContractSeed {
  /** A service definition; `ref('it.url')` and the like are outputs of the plugin's service. */
  readonly service: object
  /** What `read` finds of it. */
  readonly mark: string
}
