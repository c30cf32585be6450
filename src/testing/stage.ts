import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../client/lane/compile.ts'
import { type OpenLane, openLane } from '../client/lane/open-lane.ts'
import type { EnvPatch } from '../define/env-patch.ts'
import { ref } from '../define/env-value.ts'
import type { BaseHandle } from '../define/handle.ts'
import type { PluginNode } from '../define/plugin-node.ts'
import type { AnyTopology } from '../define/topology.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { outputNames } from '../graph/references.ts'
import type { TopologySpec } from '../model/service-spec.ts'
import { activeResources } from './active-resources.ts'
import type { PluginContract, ServiceOf } from './contract.ts'
import { aliveUntil, leftOf } from './engine-view.ts'

/** A lane of the contract's topology: the plugin's service `it`, and in the first lane also `app`. */
export interface ContractLane<N extends PluginNode> {
  /** Handle of the plugin's service. */
  readonly it: ServiceOf<N>
  /** Name of the lane. */
  readonly name: string
  /** Outputs of `it` for the test. */
  readonly outputs: Readonly<Record<string, string>>
  /** Handle of a service that has all outputs of `it` in its environment. */
  readonly app: BaseHandle<EnvPatch> & { readonly env: Readonly<Record<string, string>> }
  add(name: string, node: object): Promise<ServiceOf<N>>
  remove(name: string): Promise<void>
  reset(options?: { readonly level?: 'light' | 'deep' }): Promise<void>
  release(): Promise<void>
}

/** What the clauses use: a project of its own, with two lanes at the same time. */
export interface Stage<N extends PluginNode> extends AsyncDisposable {
  /** The contract's topology. */
  readonly spec: TopologySpec
  /** Lane with all services. */
  readonly one: ContractLane<N>
  /** Lane with `it` only. */
  readonly two: ContractLane<N>
  /** Outcome of `use` directly after the start. */
  readonly firstUse: PromiseSettledResult<unknown>
  /** Id of the run. */
  readonly run: string
  /** Run directory. */
  readonly record: string
  /** Process id of the supervisor. */
  readonly owner: number
  /** What kept this process alive before there was a lane. */
  readonly activeBefore: readonly string[]
  /** Lets the run end with its lanes. Until then the services outlive them, so that connections that are still open show. */
  letEnd(): Promise<void>
}

/** Starts the contract's topology in two lanes. */
export const openStage = async <N extends PluginNode>(
  contract: PluginContract<N>,
): Promise<Stage<N>> => {
  const activeBefore = activeResources()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-contract-')))
  writeFileSync(join(folder, 'package.json'), '{ "name": "contract", "private": true }\n')
  const topology = await contractTopology(contract, folder)
  const spec = await compile(topology)
  const restore = withVariables({
    // The run ends soon after its last lane, unless the environment says when.
    MESOCOSM_GRACE_MS: process.env.MESOCOSM_GRACE_MS ?? '300',
    ...(contract.runtime === undefined ? {} : { MESOCOSM_RUNTIME: contract.runtime }),
  })
  const opened: OpenLane<AnyTopology>[] = []
  const open = async (key: string, services: readonly string[]) => {
    const lane = await openLane(topology, { key, services, client: 'plugin contract' } as object)
    opened.push(lane)
    return lane
  }
  try {
    const leases = await Promise.allSettled([
      open('one', Object.keys(spec.services)).then(async (lane) => {
        const { it } = laneOf<N>(lane)
        const [firstUse] = await Promise.allSettled([contract.use(it)])
        return { lane, firstUse }
      }),
      open('two', ['it']),
      open('empty', []),
    ])
    const [first, second, empty] = leases
    if (first.status === 'rejected') throw first.reason
    if (second.status === 'rejected') throw second.reason
    if (empty.status === 'rejected') throw empty.reason
    const hold = empty.value
    const { facts } = first.value.lane.link.session
    return {
      spec,
      one: laneOf(first.value.lane),
      two: laneOf(second.value),
      firstUse: first.value.firstUse,
      run: facts.run,
      record: facts.folder,
      owner: facts.pid,
      activeBefore,
      letEnd: () => hold.release(),
      async [Symbol.asyncDispose]() {
        await Promise.all(opened.map(({ release }) => release()))
        try {
          await leftOf(facts.run, (left) => left.length === 0)
          await aliveUntil(facts.pid)
        } finally {
          restore()
        }
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      },
    }
  } catch (error) {
    await Promise.allSettled(opened.map(({ release }) => release()))
    restore()
    if (!isMesocosmError(error)) throw error
    // The folder is kept, so that its record can be read.
    throw new Error(`${error.message}\n  record: ${join(folder, '.mesocosm')}`, { cause: error })
  }
}

/** Returns the topology of the contract: the plugin's service `it`, an `app` with all its outputs in its environment, and the seed. */
export const contractTopology = async <N extends PluginNode>(
  { name, make, appImage = 'node:24-trixie-slim', seed }: PluginContract<N>,
  root: string,
): Promise<AnyTopology> => {
  const title = `contract-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
  const declare = (services: object): AnyTopology => ({
    name: title,
    root,
    definition: { name: title, services },
  })
  const { it } = (await compile(declare({ it: make() }))).services
  const env = outputNames(it ?? {}).map((output, index) => [`OUTPUT_${index}`, ref(`it.${output}`)])
  const idle = ['-e', 'setInterval(() => {}, 60_000)']
  const app = {
    image: appImage,
    command: ['node', ...idle],
    local: { command: [process.execPath, ...idle] },
    env: Object.fromEntries(env) as object,
  }
  return declare({ it: make(), app, ...(seed === undefined ? {} : { seed: seed.service }) })
}

// ---

/** Sets environment variables. Returns what undoes it. */
const withVariables = (variables: Readonly<Record<string, string>>): (() => void) => {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
  }
}

/** Returns a lane with the types of the contract. */
const laneOf = <N extends PluginNode>({ lane, link }: OpenLane<AnyTopology>): ContractLane<N> => {
  const loose = lane as unknown as Omit<ContractLane<N>, 'it' | 'app' | 'outputs'> & {
    readonly services: Pick<ContractLane<N>, 'it' | 'app'>
  }
  return {
    name: loose.name,
    it: loose.services.it,
    app: loose.services.app,
    get outputs() {
      return { ...link.view('it')?.outputs }
    },
    add: loose.add,
    remove: loose.remove,
    reset: loose.reset,
    release: loose.release,
  }
}
