import { createHash } from 'node:crypto'
import type { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { Plan } from '../../plan/plan.ts'
import { reconcile } from '../../plan/reconcile.ts'
import type { EngineContext } from '../context.ts'
import type { ResolvedService } from '../resolve-service.ts'
import { type Failures, ServiceGroup } from '../service-group.ts'
import { setUp } from '../set-up.ts'
import { desire } from './desire.ts'
import { ServiceState } from './service-state.ts'

/** One server that lanes share: runs once, knows its lanes. */
export interface SharedServer {
  /** Name within the group; the service's own, with a number when lanes want it in several forms. */
  readonly key: string
  readonly service: string
  readonly spec: ServiceSpec
  readonly resolved: ResolvedService
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly state: ServiceState
  /** Names of the lanes that use it. */
  readonly lanes: Set<string>
}

/** The servers with `share: 'run'` of one topology. */
export class SharedServers {
  readonly group: ServiceGroup
  readonly #servers = new Map<string, SharedServer>()
  readonly #ready = new Map<string, Promise<void>>()

  constructor(context: EngineContext, topology: string) {
    this.group = new ServiceGroup(context, {
      name: 'run',
      topology,
      desired: () => ({
        group: 'run',
        services: Object.fromEntries([...this.#servers.values()].map((server) => [server.key, this.#desire(server)])),
      }),
      prepare: async (key, program) => {
        const server = [...this.#servers.values()].find((other) => other.key === key)
        if (server !== undefined) await setUp(context, { ...server, name: server.service, lane: undefined, program })
      },
    })
  }

  /** The server for this form of the service, started when it is new; wait for {@link ready}. */
  join(lane: string, service: string, resolved: ResolvedService, services: Readonly<Record<string, ServiceSpec>>): SharedServer {
    const form = formOf(resolved)
    let server = this.#servers.get(form)
    if (server === undefined) {
      server = this.#newServer({ service, resolved, services })
      this.#servers.set(form, server)
    }
    server.lanes.add(lane)
    return server
  }

  /** Resolves when the server is ready and set up; tries anew after a failure. */
  ready(server: SharedServer): Promise<void> {
    let ready = this.#ready.get(server.key)
    if (ready === undefined || this.group.members.get(server.key)?.program?.crashed) {
      ready = this.#start(server)
      this.#ready.set(server.key, ready)
      ready.catch(() => this.#ready.delete(server.key))
    }
    return ready
  }

  async converge(server: SharedServer, options: { readonly restart?: readonly string[] } = {}): Promise<MesocosmError | undefined> {
    const failures: Failures = await this.group.converge(options)
    return failures.get(server.key)
  }

  container(server: SharedServer): string {
    const id = this.group.members.get(server.key)?.program?.id
    if (id === undefined) throw new Error(`shared server ${server.key} has no container`)
    return id
  }

  /** What would be done to serve a lane with these; servers that only it uses and that are not among them go. */
  plan(lane: string, wanted: readonly Wanted[]): Plan {
    const forms = new Set(wanted.map(({ resolved }) => formOf(resolved)))
    const kept = [...this.#servers].filter(([form, { lanes }]) => forms.has(form) || [...lanes].some((other) => other !== lane))
    const made = wanted
      .filter(({ resolved }) => !this.#servers.has(formOf(resolved)))
      .map((one) => this.#newServer(one))
    const servers = [...kept.map(([, server]) => server), ...made]
    const services = Object.fromEntries(servers.map((server) => [server.key, this.#desire(server)]))
    return reconcile({ group: 'run', services }, this.group.observed())
  }

  /** A lane does not use this server any more; it ends when no other does. */
  async drop(lane: string, server: SharedServer): Promise<void> {
    server.lanes.delete(lane)
    if (server.lanes.size > 0) return
    this.#servers.delete(formOf(server.resolved))
    this.#ready.delete(server.key)
    await this.group.converge()
  }

  leave(lane: string): void {
    for (const server of this.#servers.values()) server.lanes.delete(lane)
  }

  async #start(server: SharedServer): Promise<void> {
    const failure = await this.converge(server)
    if (failure !== undefined) throw failure
  }

  #newServer({ service, resolved, services }: Wanted): SharedServer {
    const taken = new Set([...this.#servers.values()].map(({ key }) => key))
    let key = service
    for (let number = 2; taken.has(key); number++) key = `${service}-${number}`
    return { key, service, spec: resolved.spec, resolved, services, state: new ServiceState(), lanes: new Set() }
  }

  #desire(server: SharedServer) {
    const desired = desire({
      name: server.service,
      resolved: server.resolved,
      services: server.services,
      lane: undefined,
      state: server.state,
      // A server that ended by itself serves nobody: the next round starts it again.
      crashed: false,
      dependsOn: {},
    })
    return { ...desired, name: server.key }
  }
}

type Wanted = Pick<SharedServer, 'service' | 'resolved' | 'services'>

/** Equal for lanes that can use the same server. */
const formOf = ({ spec, image, files }: ResolvedService): string =>
  createHash('sha256').update(JSON.stringify([spec, image.id, files])).digest('hex')
