import { atService } from '../../errors/at-service.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import { type Dependencies, dependencies } from '../../graph/dependencies.ts'
import { references, splitRef } from '../../graph/references.ts'
import { own } from '../../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import type { EngineContext } from '../context.ts'
import { type ResolvedService, resolveService } from '../resolve-service.ts'

type Services = Readonly<Record<string, ServiceSpec>>

interface Resolution {
  /** What it was resolved from, as text. */
  readonly from: string
  readonly service: ResolvedService
}

/** What a lane is made of: declared services, those added to it, and their images once these are there. */
export class LaneSpec {
  readonly #context: EngineContext
  readonly #added = new Map<string, ServiceSpec>()
  readonly #resolved: Map<string, Resolution>
  #declared: TopologySpec
  #services: Services
  #graph: Dependencies

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

  /** All services, with what their images and modules tell where that is known. */
  get complete(): Services {
    return Object.fromEntries(
      Object.entries(this.#services).map(([name, spec]) => [
        name,
        this.resolved(name)?.spec ?? spec,
      ]),
    )
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
    const names = Object.keys(this.#services)
    throw new MesocosmError({
      code: 'SERVICE_UNKNOWN',
      message: `there is no service named "${name}" in this lane${didYouMean(name, names)}`,
      remedy: `it has ${names.join(', ')}`,
      facts: { service: name },
    })
  }

  adopt(declared: TopologySpec): void {
    this.#declared = declared
    for (const name of this.#added.keys())
      if (Object.hasOwn(declared.services, name)) this.#added.delete(name)
    this.#changed()
  }

  /** The form this one would have with another declaration. */
  with(declared: TopologySpec): LaneSpec {
    const form = new LaneSpec(this.#context, declared, this.#resolved)
    for (const [name, spec] of this.#added) if (!form.has(name)) form.add(name, spec)
    return form
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
   * Images present, modules read, files digested: anew for each start, since sources may have changed.
   * What fails is told by service; the others are resolved.
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
    const from = JSON.stringify(spec)
    const changeable = spec.build !== undefined || spec.files !== undefined
    // A pulled image cannot change under us; a build folder and copied files can.
    if (this.#resolved.get(name)?.from === from && !changeable) return
    const service = await resolveService(this.#context, { topology, root, name, spec })
    this.#resolved.set(name, { from, service })
  }

  #changed(): void {
    this.#services = { ...this.#declared.services, ...Object.fromEntries(this.#added) }
    this.#graph = dependencies({ services: this.#services })
  }
}
