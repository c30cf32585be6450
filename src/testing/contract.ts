import type { WaitOptions } from '../define/handle.ts'
import type { HandleOf } from '../define/handle-types.ts'
import type { PluginNode } from '../define/plugin-node.ts'

/**
 * What the contract suite needs to know about a plugin. A plugin with two share modes, or with several servers, needs one
 * suite for each.
 */
export interface PluginContract<N extends PluginNode> {
  /** Name of the suite and of its topology: `redis`, `redis on a shared server`. */
  readonly name: string
  /** The module that exports the plugin: `new URL('./index.ts', import.meta.url)`. */
  readonly module: URL
  /**
   * Returns the service definition, as a topology has it. Called several times. Paths in options must be absolute, and
   * secrets must be strings that appear nowhere else.
   */
  readonly make: () => N
  /**
   * What tests do first, such as a query; leaves nothing that `read` finds. Called once after each start, because a retry
   * would hide that the service was not ready.
   */
  readonly use: (service: ServiceOf<N>) => Promise<unknown>
  /** How a test writes and reads data. A plugin without data skips `data`. */
  readonly data?: ContractData<N>
  /**
   * Methods that take `{ signal, timeoutMs }`, by name. They are called while the service does not answer.
   * A plugin without such methods skips `waits`.
   */
  readonly waits?: Readonly<
    Record<string, (service: ServiceOf<N>, options: WaitOptions) => Promise<unknown>>
  >
  /** A service that writes data at its start, before the lane is ready, which a reset must restore. */
  readonly seed?: ContractSeed
  /** Image with `node` for a service that connects to the plugin's service. Default `node:24-trixie-slim`. */
  readonly appImage?: string
  /**
   * `local`: the services run as processes of this machine, with their `local` key, and no container engine is needed.
   * Default what `MESOCOSM_RUNTIME` says, else containers.
   */
  readonly runtime?: 'local'
  /** Clauses that do not hold for this plugin, each with its reason. */
  readonly skip?: Readonly<Partial<Record<ContractClause, string>>>
}

/**
 * Clauses that can be skipped. `import`: importing the plugin loads no other package; `outside`, `inside`: the addresses
 * among its outputs are reachable from tests and services; `secrets`: plans, errors and records do not contain them;
 * `data`: lanes do not see each other's data, and resets restore it; `add`: it can be added to a running lane and removed;
 * `restart`: it works after stop, restart and kill; `waits`: its calls end by timeout and signal; `release`: nothing is
 * left, in the process or on the engine.
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

/** Handle of a service definition, as tests get it. */
export type ServiceOf<N extends PluginNode> = HandleOf<string, string, N>

/** How a test writes and reads data. */
export interface ContractData<N extends PluginNode> {
  /** Writes a mark, `[a-z-]+`, that the next `read` returns. */
  readonly write: (service: ServiceOf<N>, mark: string) => Promise<unknown>
  /** Returns all marks, also declared ones, in any order. */
  readonly read: (service: ServiceOf<N>) => Promise<readonly string[]>
}

/** A service that writes data at its start. */
export interface ContractSeed {
  /** Service definition; outputs of the plugin's service are `ref('it.url')` and the like. It needs `local` where the suite runs locally. */
  readonly service: object
  /** Mark that `read` returns for it. */
  readonly mark: string
}
