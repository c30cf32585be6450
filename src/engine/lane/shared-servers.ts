import { createHash } from 'node:crypto'
import type { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { createLookup, resolveTemplate } from '../../plan/outputs.ts'
import type { EngineContext } from '../context.ts'
import type { ResolvedService } from '../resolve-service.ts'
import { type Failures, ServiceGroup } from '../service-group.ts'
import { runTasks } from '../tasks.ts'
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
  readonly #context: EngineContext
  readonly #servers = new Map<string, SharedServer>()
  readonly #ready = new Map<string, Promise<void>>()

  constructor(context: EngineContext, topology: string) {
    this.#context = context
    this.group = new ServiceGroup(context, {
      name: 'run',
      topology,
      desired: () => ({
        group: 'run',
        services: Object.fromEntries([...this.#servers.values()].map((server) => [server.key, this.#desire(server)])),
      }),
    })
  }

  /** The server for this form of the service, started when it is new; wait for {@link ready}. */
  join(lane: string, service: string, resolved: ResolvedService, services: Readonly<Record<string, ServiceSpec>>): SharedServer {
    const form = formOf(resolved)
    let server = this.#servers.get(form)
    if (server === undefined) {
      const namesakes = [...this.#servers.values()].filter((other) => other.service === service).length
      const key = namesakes === 0 ? service : `${service}-${namesakes + 1}`
      server = { key, service, spec: resolved.spec, resolved, services, state: new ServiceState(), lanes: new Set() }
      this.#servers.set(form, server)
    }
    server.lanes.add(lane)
    return server
  }

  /** Resolves when the server is ready and set up; tries anew after a failure. */
  ready(server: SharedServer): Promise<void> {
    let ready = this.#ready.get(server.key)
    if (ready === undefined || this.group.members.get(server.key)?.program?.crashed) {
      ready = this.#setUp(server)
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

  leave(lane: string): void {
    for (const server of this.#servers.values()) server.lanes.delete(lane)
  }

  async #setUp(server: SharedServer): Promise<void> {
    const failure = await this.converge(server)
    if (failure !== undefined) throw failure
    const lookup = createLookup({ services: { ...server.services, [server.service]: server.spec }, view: 'inside', lane: undefined }, server.service)
    await runTasks(this.#context, server.spec.tasks?.setup, {
      service: server.service,
      lane: 'run',
      container: this.container(server),
      purpose: 'set up',
      resolve: (template) => resolveTemplate(template, lookup),
    })
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

/** Equal for lanes that can use the same server. */
const formOf = ({ spec, image, files }: ResolvedService): string =>
  createHash('sha256').update(JSON.stringify([spec, image.id, files])).digest('hex')
