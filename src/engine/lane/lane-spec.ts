import { atService } from '../../errors/at-service.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { serviceUnknown } from '../../errors/service-unknown.ts'
import { type Dependencies, dependencies } from '../../graph/dependencies.ts'
import { references, splitRef } from '../../graph/references.ts'
import { own } from '../../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import {
  type ImageSource,
  imageSource,
  type ResolvedService,
  resolveService,
} from '../image/resolve-service.ts'
import type { EngineContext } from '../run/context.ts'

type Services = Readonly<Record<string, ServiceSpec>>

interface Resolution {
  /** What it was resolved from, as text. */
  readonly from: string
  readonly source: ImageSource
  readonly service: ResolvedService
}

/** What a lane consists of: declared services, added ones, and their images once they are pulled or built. */
export class LaneSpec {
  readonly #context: EngineContext
  readonly #added = new Map<string, ServiceSpec>()
  readonly #resolved: Map<string, Resolution>
  /** Services that run as processes of this machine by the lease, whose images are not needed. */
  local: ReadonlySet<string> = new Set()
  #declared: TopologySpec
  #services: Services
  #graph: Dependencies
  #complete: Services | undefined

  constructor(
    context: EngineContext,
    declared: TopologySpec,
    resolved: ReadonlyMap<string, Resolution> = new Map(),
  ) {
    this.#context = context
    this.#resolved = new Map(resolved)
    this.#declared = declared
    this.#services = declared.services
    this.#graph = dependencies(declared)
  }

  /** All services, declared and added, as written. */
  get services(): Services {
    return this.#services
  }

  get spec(): TopologySpec {
    return { ...this.#declared, services: this.#services }
  }

  get graph(): Dependencies {
    return this.#graph
  }

  get added(): readonly string[] {
    return [...this.#added.keys()]
  }

  /** All services, completed by their images and modules where those are known. */
  get complete(): Services {
    // Read once per service of the lane, so it is computed once per change.
    this.#complete ??= Object.fromEntries(
      Object.entries(this.#services).map(([name, spec]) => [
        name,
        this.resolved(name)?.spec ?? spec,
      ]),
    )
    return this.#complete
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#services, name)
  }

  isShared(name: string): boolean {
    return own(this.#services, name)?.share === 'run'
  }

  /** @throws {MesocosmError} `SERVICE_UNKNOWN`. */
  known(name: string): ServiceSpec {
    const spec = own(this.#services, name)
    if (spec !== undefined) return spec
    throw serviceUnknown(name, Object.keys(this.#services), { in: 'this lane' })
  }

  adopt(declared: TopologySpec): void {
    this.#declared = declared
    for (const name of this.#added.keys())
      if (Object.hasOwn(declared.services, name)) this.#added.delete(name)
    this.#changed()
  }

  /** Returns this spec with another declaration. */
  with(declared: TopologySpec): LaneSpec {
    const spec = new LaneSpec(this.#context, declared, this.#resolved)
    spec.local = this.local
    for (const [name, service] of this.#added) if (!spec.has(name)) spec.add(name, service)
    return spec
  }

  add(name: string, spec: ServiceSpec): void {
    this.#added.set(name, spec)
    this.#changed()
  }

  remove(name: string): void {
    this.#added.delete(name)
    this.#resolved.delete(name)
    this.#changed()
  }

  /** Services that name this one anywhere. */
  mentions(name: string): string[] {
    return Object.entries(this.#services)
      .filter(
        ([other, spec]) =>
          other !== name &&
          (Object.hasOwn(spec.dependsOn ?? {}, name) ||
            references(spec).some(({ part }) => splitRef(part.ref)?.service === name)),
      )
      .map(([other]) => other)
  }

  resolved(name: string): ResolvedService | undefined {
    return this.#resolved.get(name)?.service
  }

  /**
   * Pulls or builds images and digests files: at each start, since sources may have changed, and images may have been
   * built again or removed. Modules are read once.
   * Returns what failed, by service; the others are resolved.
   */
  async resolve(names: Iterable<string>): Promise<ReadonlyMap<string, unknown>> {
    const failures = new Map<string, unknown>()
    await Promise.all(
      [...names].map((name) =>
        this.#resolve(name).catch((error: unknown) => {
          const known = isMesocosmError(error)
          failures.set(name, known ? atService(error, { service: name }) : error)
        }),
      ),
    )
    return failures
  }

  async #resolve(name: string): Promise<void> {
    const spec = this.known(name)
    const { name: topology, root } = this.#declared
    const isLocal = this.local.has(name)
    const from = JSON.stringify([spec, isLocal])
    const known = this.#resolved.get(name)
    const isKnown = known?.from === from
    const source = isKnown
      ? known.source
      : await imageSource(this.#context.runtime, { topology, root, name, spec, isLocal })
    const former = isKnown ? known.service.image : undefined
    const service = await resolveService(this.#context, { topology, root, name }, source, former)
    this.#resolved.set(name, { from, source, service })
    if (!isKnown) this.#complete = undefined
  }

  #changed(): void {
    this.#services = { ...this.#declared.services, ...Object.fromEntries(this.#added) }
    this.#graph = dependencies({ services: this.#services })
    this.#complete = undefined
  }
}
