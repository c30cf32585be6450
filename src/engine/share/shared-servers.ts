import { createHash } from 'node:crypto'
import { type Call, unlimited } from '../../call/call.ts'
import type { MesocosmError } from '../../errors/mesocosm-error.ts'
import { localSpecOf } from '../../model/service-spec.ts'
import { type AddressOf, createLookup, type Lookup } from '../../plan/outputs.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Member } from '../group/group-members.ts'
import { ServiceGroup } from '../group/service-group.ts'
import type { ResolvedService } from '../image/resolve-service.ts'
import { setupContents } from '../image/task-images.ts'
import { localEnvOf, publishedAt, whereKnown } from '../lane/local-env.ts'
import { ServiceOverrides } from '../lane/service-overrides.ts'
import type { EngineContext } from '../run/context.ts'
import { setUp } from '../tasks/set-up.ts'
import {
  desiredState,
  neighbours,
  type ServersSource,
  type SharedServer,
  toDesiredServer,
} from './desired-servers.ts'

/** The servers with `share: 'run'` of one topology. */
export class SharedServers {
  readonly group: ServiceGroup
  readonly #source: ServersSource
  readonly #servers = new Map<string, SharedServer>()
  readonly #ready = new Map<SharedServer, Promise<void>>()
  /** Those that were ready once. */
  readonly #up = new WeakSet<SharedServer>()

  /** @param name of their group; default `run`. */
  constructor(context: EngineContext, topology: string, name = 'run') {
    this.#source = { lane: name, run: context.run, processes: context.info.processes === true }
    this.group = new ServiceGroup(context, {
      name,
      topology,
      awaited: true,
      desired: () => desiredState(this.#source, [...this.#servers.values()]),
      gate: async (key) => {
        const { network } = this.group.members
        if (network !== undefined && this.#servers.get(key)?.spec.telemetry === true)
          await context.telemetry?.attach(network)
      },
      starting: (key) => this.#servers.get(key)?.overrides.debug.starting(key),
      networkLeaves: async (network) => context.telemetry?.detach(network),
      localEnv: async (key) => {
        const server = this.#servers.get(key)
        return server === undefined ? {} : this.#localEnv(server)
      },
      prepare: async (key, program, call) => {
        const server = this.#servers.get(key)
        if (server === undefined) return
        const sandbox = this.find(server)?.sandbox?.id
        const at = { name: server.service, lane: undefined, program, sandbox, topology, call }
        const { resolved, services } = server
        if (program.config.local === undefined) {
          await setUp(context, { resolved, services, ...at })
          return
        }
        const tasks = localSpecOf(resolved.spec)?.tasks ?? resolved.spec.tasks
        const spec = tasks === undefined ? resolved.spec : { ...resolved.spec, tasks }
        const lookup = this.#lookupFromHere(server)
        await setUp(context, { resolved: { ...resolved, spec }, services, lookup, ...at })
      },
    })
  }

  /**
   * Returns the server with this fingerprint: an existing one, one of the same service that no other lane uses and that
   * {@link ready} replaces, or a new one that it starts.
   */
  join(
    lane: string,
    service: string,
    {
      resolved,
      services,
      isLocal = false,
    }: Pick<SharedServer, 'resolved' | 'services'> & {
      /** Whether it runs as a process of this machine. Default `false`. */
      readonly isLocal?: boolean
    },
  ): SharedServer {
    const fingerprint = fingerprintOf(resolved)
    let server = [...this.#servers.values()].find(
      (one) =>
        fingerprintOf(one.resolved) === fingerprint &&
        one.overrides.isLocal === isLocal &&
        isFree(one, lane),
    )
    if (server === undefined) {
      server =
        this.#replaceable(lane, service) ??
        newServer({ service, resolved, services }, this.#servers)
      Object.assign(server, { spec: resolved.spec, resolved, services })
      server.overrides.isLocal = isLocal
      this.#servers.set(server.key, server)
      this.#ready.delete(server)
    }
    server.lanes.add(lane)
    return server
  }

  /** Resolves when the server is ready and set up; tries again after a failure or a crash. */
  ready(server: SharedServer, call: Call): Promise<void> {
    let ready = this.#ready.get(server)
    if (ready === undefined || this.#isDown(server)) {
      ready = this.#start(server, call)
      const mine = ready
      this.#ready.set(server, mine)
      mine.catch(() => {
        if (this.#ready.get(server) === mine) this.#ready.delete(server)
      })
    }
    return ready
  }

  /** Looks for what another process has changed, so that {@link ready} repairs it. */
  observe(call: Call): Promise<void> {
    return this.group.observe(call)
  }

  /** Brings the server to its desired state; returns what failed. */
  async converge(
    server: SharedServer,
    call: Call,
    options: { readonly restart?: boolean } = {},
  ): Promise<MesocosmError | undefined> {
    const failures = await this.group.converge(
      call,
      options.restart ? { restart: [server.key] } : {},
    )
    return failures.get(server.key)
  }

  find(server: SharedServer): Member | undefined {
    return this.group.members.get(server.key)
  }

  container(server: SharedServer): string {
    const id = this.find(server)?.program?.id
    if (id === undefined) throw new Error(`shared server ${server.key} has no container`)
    return id
  }

  /** The environment it runs with. */
  env(server: SharedServer): Readonly<Record<string, string>> {
    const { env, local } = toDesiredServer(this.#source, server, []).program
    return (local === undefined ? undefined : whereKnown(() => this.#localEnv(server))) ?? env
  }

  /** Returns the plan for a lane that uses these servers; other servers that only it uses are removed. */
  plan(lane: string, wanted: readonly Wanted[]): Promise<Plan> {
    const fingerprints = new Set(wanted.map(({ resolved }) => fingerprintOf(resolved)))
    const planned = new Map(
      [...this.#servers].filter(
        ([, { resolved, lanes }]) =>
          fingerprints.has(fingerprintOf(resolved)) || [...lanes].some((other) => other !== lane),
      ),
    )
    const known = new Set(
      [...this.#servers.values()].map(({ resolved }) => fingerprintOf(resolved)),
    )
    for (const one of wanted) {
      if (known.has(fingerprintOf(one.resolved))) continue
      const { resolved, services } = one
      const old = this.#replaceable(lane, one.service)
      const server = old ?? newServer(one, new Map([...this.#servers, ...planned]))
      planned.set(server.key, { ...server, spec: resolved.spec, resolved, services })
    }
    return this.group.plan(desiredState(this.#source, [...planned.values()]))
  }

  /** Ends a lane's use of a server; the server is removed when no other lane uses it. */
  async drop(lane: string, server: SharedServer, call: Call): Promise<void> {
    server.lanes.delete(lane)
    if (server.lanes.size > 0) return
    this.#servers.delete(server.key)
    this.#ready.delete(server)
    const failures = await this.group.converge(call)
    const failure = failures.get(server.key)
    if (failure !== undefined) throw failure
  }

  /** Ends a lane's use of all servers; they stay for the next lane, as declared. */
  leave(lane: string): void {
    for (const server of this.#servers.values())
      if (server.lanes.delete(lane) && server.lanes.size === 0) server.overrides.clear()
  }

  // ---

  /** Returns its environment as a process of this machine. */
  #localEnv(server: SharedServer): Readonly<Record<string, string>> {
    const { service: name, spec, overrides } = server
    const { processes } = this.#source
    return localEnvOf({ name, spec, overrides, processes }, this.#lookupFromHere(server))
  }

  #lookupFromHere(server: SharedServer): Lookup {
    const { service, spec, services } = server
    const all = { ...services, [service]: spec }
    const others = neighbours(server, [...this.#servers.values()])
    const addressOf: AddressOf = (_here, to, port) => {
      const other = to === service ? server : others.find((one) => one.service === to)
      const declared = other?.spec.ports?.[port]
      return other && declared && publishedAt(this.find(other), declared)
    }
    return createLookup({ services: all, view: 'test', lane: undefined, addressOf }, service)
  }

  /** Returns a server of this service that only this lane uses, as it was declared. */
  #replaceable(lane: string, service: string): SharedServer | undefined {
    return [...this.#servers.values()].find(
      (one) =>
        one.service === service &&
        one.overrides.pristine &&
        [...one.lanes].every((other) => other === lane),
    )
  }

  async #start(server: SharedServer, call: Call): Promise<void> {
    // Other lanes wait for the same start, so it continues when this caller gives up.
    using start = unlimited(call.what, call)
    this.find(server)?.program?.clearCrash()
    const failure = await this.converge(server, start)
    if (failure !== undefined) throw failure
    this.#up.add(server)
  }

  #isDown(server: SharedServer): boolean {
    const { run, disconnected } = server.overrides
    if (!this.#up.has(server) || run !== 'running') return false
    const { program, sandbox } = this.find(server) ?? {}
    const isLost = sandbox === undefined || sandbox.hash === ''
    return (
      program === undefined ||
      program.status === 'exited' ||
      isLost ||
      sandbox.connected === disconnected
    )
  }
}

type Wanted = Pick<SharedServer, 'service' | 'resolved' | 'services'>

/** A server that a lane has changed cannot serve another lane. */
const isFree = ({ overrides, lanes }: SharedServer, lane: string): boolean =>
  overrides.answersAsDeclared || [...lanes].every((other) => other === lane)

const newServer = (
  { service, resolved, services }: Wanted,
  others: ReadonlyMap<string, SharedServer>,
): SharedServer => {
  let key = service
  for (let number = 2; others.has(key); number++) key = `${service}-${number}`
  const { spec } = resolved
  return {
    key,
    service,
    spec,
    resolved,
    services,
    overrides: new ServiceOverrides(),
    lanes: new Set(),
  }
}

/** Equal for lanes that can use the same server. */
const fingerprintOf = ({ spec, image, files, taskImages }: ResolvedService): string =>
  createHash('sha256')
    .update(JSON.stringify([spec, image.id, files, setupContents(spec, taskImages)]))
    .digest('hex')
