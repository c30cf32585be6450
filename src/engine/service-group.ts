import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { Address } from '../model/endpoint.ts'
import type { DesiredService, DesiredState, ObservedService, ObservedState } from '../plan/desired.ts'
import type { Plan } from '../plan/plan.ts'
import { type ReconcileOptions, reconcile, teardown } from '../plan/reconcile.ts'
import { renderPlan } from '../plan/render.ts'
import type { RuntimeEvent } from '../runtime/runtime.ts'
import type { EngineContext } from './context.ts'
import { executePlan, type StepOutcome } from './execute-plan.ts'
import { GroupMembers, type Member } from './group-members.ts'
import { performStep } from './perform-step.ts'
import type { Program } from './program.ts'

/** What happened to each service in one round; those without an entry are as desired. */
export type Failures = ReadonlyMap<string, MesocosmError>

export interface GroupOptions {
  readonly name: string
  readonly topology: string
  /** The state wanted now; asked anew for every round. */
  readonly desired: () => DesiredState
  /** Resolves when what lies outside the group and is needed by this service is there. */
  readonly gate?: (service: string) => Promise<void>
  /** What a ready program needs before others may use it; once for each container. */
  readonly prepare?: (service: string, program: Program) => Promise<void>
}

/**
 * Services that live on one network: a lane, or the servers that lanes share.
 * Callers change the desired state and ask to {@link converge}; changes that come together become one plan.
 */
export class ServiceGroup {
  readonly name: string
  readonly members: GroupMembers
  readonly #context: EngineContext
  readonly #options: GroupOptions
  #last: Promise<unknown> = Promise.resolve()
  #next: Promise<Failures> | undefined
  #pending: Required<Pick<ReconcileOptions, 'force' | 'restart' | 'restartDependentsOf'>> = nothingPending()

  constructor(context: EngineContext, options: GroupOptions) {
    this.name = options.name
    this.#context = context
    this.#options = options
    this.members = new GroupMembers(context, options.name, options.topology)
  }

  /** Brings the group to the desired state. Never rejects: look into the failures. */
  converge(options: ReconcileOptions = {}): Promise<Failures> {
    this.#pending = {
      force: [...this.#pending.force, ...(options.force ?? [])],
      restart: [...this.#pending.restart, ...(options.restart ?? [])],
      restartDependentsOf: [...this.#pending.restartDependentsOf, ...(options.restartDependentsOf ?? [])],
    }
    // Callers that come while a round is under way share the next one.
    this.#next ??= this.#enqueue(async () => {
      this.#next = undefined
      const pending = this.#pending
      this.#pending = nothingPending()
      const desired = this.#options.desired()
      return this.#execute(reconcile(desired, this.observed(), pending), desired)
    })
    return this.#next
  }

  /** The plan that {@link converge} would carry out now. */
  plan(options: ReconcileOptions = {}): Plan {
    return reconcile(this.#options.desired(), this.observed(), options)
  }

  /** Removes everything, whatever was desired. */
  async remove(): Promise<Failures> {
    this.members.abort.abort()
    return this.#enqueue(async () => {
      const failures = await this.#execute(teardown(this.observed(), this.name), { group: this.name, services: {} })
      this.members.closeLogs()
      return failures
    })
  }

  observed(): ObservedState {
    const services: Record<string, ObservedService> = {}
    for (const member of this.members.all()) services[member.name] = member.observed()
    return { network: this.members.network, services }
  }

  /** Where a published port of a service answers on the test's side. */
  published(service: string, port: number, protocol = 'tcp'): Address | undefined {
    return this.members.get(service)?.published(port, protocol)
  }

  onEvent(event: RuntimeEvent): void {
    this.members.onEvent(event)
  }

  #enqueue<T>(round: () => Promise<T>): Promise<T> {
    const result = this.#last.then(round)
    this.#last = result.catch(() => undefined)
    return result
  }

  async #execute(plan: Plan, desired: DesiredState): Promise<Failures> {
    if (plan.steps.length === 0) return new Map()
    const { record } = this.#context
    record.events.write('plan', { l: this.name, steps: renderPlan(plan).split('\n') })
    const outcomes = await executePlan(plan, async (step) => {
      const span = record.events.span
      void span
      const wanted = 'service' in step ? desired.services[step.service] : undefined
      await performStep({ context: this.#context, members: this.members, step, desired: wanted, size: sizeOf(desired), gate: this.#options.gate, prepare: this.#options.prepare })
    })
    for (const outcome of outcomes) {
      const { step, status } = outcome
      record.events.write('plan.step', {
        l: this.name,
        ...('service' in step ? { s: step.service } : {}),
        do: step.do,
        status,
        ...('ms' in outcome ? { ms: Math.round(outcome.ms * 1000) / 1000 } : {}),
        ...(outcome.status === 'failed' ? { error: String(outcome.error) } : {}),
      })
    }
    return failuresOf(outcomes, desired)
  }
}

/** Places on the network: services now, and some for those added later. */
const sizeOf = (desired: DesiredState) => Object.keys(desired.services).length + 24

const nothingPending = () => ({ force: [], restart: [], restartDependentsOf: [] })

const failuresOf = (outcomes: readonly StepOutcome[], desired: DesiredState): Failures => {
  const failures = new Map<string, MesocosmError>()
  for (const outcome of outcomes) {
    if (outcome.status !== 'failed') continue
    const error = asMesocosmError(outcome.error)
    if ('service' in outcome.step) {
      if (!failures.has(outcome.step.service)) failures.set(outcome.step.service, error)
    } else {
      // Without a network nothing of the group can be as desired.
      for (const service of Object.keys(desired.services)) failures.set(service, error)
    }
  }
  for (const outcome of outcomes) {
    if (outcome.status !== 'blocked' || !('service' in outcome.step)) continue
    const { service } = outcome.step
    if (failures.has(service)) continue
    const by = 'service' in outcome.by ? outcome.by.service : undefined
    const cause = by === undefined ? undefined : failures.get(by)
    failures.set(service, blockedError(service, by, cause, desired.services[service]))
  }
  return failures
}

const blockedError = (
  service: string,
  by: string | undefined,
  cause: MesocosmError | undefined,
  desired: DesiredService | undefined,
): MesocosmError => {
  if (by === service && cause !== undefined) return cause
  return new MesocosmError({
    code: cause?.code ?? 'SERVICE_START_FAILED',
    message: `${service} was not started, because ${by ?? 'its network'} ${cause === undefined ? 'failed' : `failed: ${cause.summary}`}`,
    ...(cause?.remedy === undefined ? {} : { remedy: cause.remedy }),
    facts: { ...cause?.facts, service, blockedBy: by, dependsOn: desired?.dependsOn },
    lastLogs: cause?.lastLogs ?? [],
    ...(cause === undefined ? {} : { cause }),
  })
}

const asMesocosmError = (error: unknown): MesocosmError =>
  error instanceof MesocosmError
    ? error
    : new MesocosmError({
        code: 'ENGINE_FAILED',
        message: error instanceof Error ? error.message : String(error),
        cause: error,
      })

export type { Member }
