import {
  type Call,
  type CauseFields,
  causeOf,
  type JoinedCall,
  joinCalls,
  unlimited,
} from '../../call/call.ts'
import { aborted } from '../../call/deadline.ts'
import { settledWithinRealTime } from '../../call/pause.ts'
import { atService } from '../../errors/at-service.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { failureOf } from '../../errors/outcome.ts'
import { toMesocosmError } from '../../errors/unknown-error.ts'
import type { Address } from '../../model/endpoint.ts'
import { backgroundSteps } from '../../plan/background-steps.ts'
import type {
  DesiredService,
  DesiredState,
  ObservedService,
  ObservedState,
} from '../../plan/desired.ts'
import type { Plan, Step } from '../../plan/plan.ts'
import { type ReconcileOptions, reconcile, teardown } from '../../plan/reconcile.ts'
import { urgency } from '../../plan/urgency.ts'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import type { EngineContext } from '../run/context.ts'
import { defaultWaits } from '../run/waits.ts'
import { type StepOutcome, startPlan } from './execute-plan.ts'
import { GroupMembers } from './group-members.ts'
import { observeGroup } from './observe-group.ts'
import { performStep } from './perform-step.ts'
import { ProgramWatches } from './program-watches.ts'
import type { GroupHooks } from './step-work.ts'

/** What failed in one round, by service. */
export type Failures = ReadonlyMap<string, MesocosmError>

/** Name, desired state and hooks of a group. */
export interface GroupOptions extends GroupHooks {
  readonly name: string
  readonly topology: string
  /** Returns the desired state; called for every round. */
  readonly desired: () => DesiredState
  /** Whether other groups wait for this one, so that its engine calls come before theirs. Default `false`. */
  readonly awaited?: boolean
}

/**
 * Services on one network: a lane, or the servers that lanes share.
 * Callers change the desired state, then {@link converge}; changes made at the same time become one plan.
 */
export class ServiceGroup {
  readonly name: string
  readonly members: GroupMembers
  readonly #context: EngineContext
  readonly #options: GroupOptions
  #last: Promise<unknown> = Promise.resolve()
  #next: Promise<Failures> | undefined
  #pending: Pending = nothingPending()
  #isTidyLate = false

  constructor(context: EngineContext, options: GroupOptions) {
    this.name = options.name
    this.#context = context
    this.#options = options
    this.members = new GroupMembers(context, options.name, options.topology)
    const watches = new ProgramWatches(context, this)
    this.members.onStarted = (member) => watches.started(member)
    this.members.abort.signal.addEventListener('abort', () => watches.close())
  }

  /**
   * Brings the group to the desired state. Returns what failed, by service; rejects only if that state cannot be
   * computed, or with the error of `call` when its caller gives up. The work ends when all its callers have given up.
   */
  converge(call: Call, options: ReconcileOptions = {}): Promise<Failures> {
    this.#pending = {
      calls: [...this.#pending.calls, call],
      force: [...this.#pending.force, ...(options.force ?? [])],
      restart: [...this.#pending.restart, ...(options.restart ?? [])],
      restartCauses: { ...this.#pending.restartCauses, ...options.restartCauses },
      restartDependentsOf: [
        ...this.#pending.restartDependentsOf,
        ...(options.restartDependentsOf ?? []),
      ],
    }
    // Callers that arrive during a round share the next one.
    this.#next ??= this.#enqueue(async () => {
      this.#next = undefined
      const pending = this.#pending
      this.#pending = nothingPending()
      const desired = this.#options.desired()
      // A late caller must not recreate what is being removed.
      if (this.members.abort.signal.aborted) return refused(this, desired)
      const [first = unlimited('a change'), ...others] = pending.calls
      using joined = joinCalls([first, ...others])
      await this.observe(joined)
      return await this.#execute(reconcile(desired, this.observed(), pending), desired, joined)
    })
    return untilGivenUp(this.#next, call)
  }

  /**
   * Looks for what another process has changed. What the engine does not answer in time stays as it is known: the steps
   * of the plan report it better.
   */
  async observe(call?: Pick<Call, 'signal'>): Promise<void> {
    await settledWithinRealTime(observeGroup(this.#context, this.members), observeMs, call?.signal)
  }

  /** Returns the plan that {@link converge} would execute for this state. */
  async plan(desired: DesiredState): Promise<Plan> {
    await this.observe()
    return reconcile(desired, this.observed())
  }

  /** Removes everything permanently, whatever is desired. Tries all; throws the first failure. */
  async remove(): Promise<void> {
    this.members.abort.abort()
    const failures = await this.#enqueue(async () => {
      using call = unlimited(`the removal of ${this.name}`)
      const nothing = { group: this.name, services: {} }
      const round = await this.#execute(teardown(this.observed(), this.name), nothing, call)
      // The log of a container that could not be removed is still open.
      for (const { program, outgoing } of this.members.all())
        for (const one of [program, ...outgoing.values()]) one?.log[Symbol.dispose]()
      return round
    })
    for (const failure of failures.values()) throw failure
  }

  observed(): ObservedState {
    const services: Record<string, ObservedService> = {}
    for (const member of this.members.all()) services[member.name] = member.observed()
    return { network: this.members.network, services }
  }

  /** Returns where the test reaches a published port of a service. */
  published(service: string, port: number, protocol = 'tcp'): Address | undefined {
    return this.members.get(service)?.published(port, protocol)
  }

  onEvent(event: RuntimeEvent): void {
    this.members.onEvent(event)
  }

  /** Runs rounds one after the other, each after the background steps of the one before. */
  #enqueue(round: () => Promise<Round>): Promise<Failures> {
    const running = this.#last.then(round)
    this.#last = running.then(
      ({ settled }) => this.#tidied(settled),
      () => undefined,
    )
    return running.then(({ failures }) => failures)
  }

  /** Waits for background steps; but not long for a removal that the engine does not answer. */
  async #tidied(settled: Promise<unknown>): Promise<void> {
    const { tidyMs, lateTidyMs } = { ...defaultWaits, ...this.#context.waits }
    this.#isTidyLate = !(await settledWithinRealTime(
      settled,
      this.#isTidyLate ? lateTidyMs : tidyMs,
    ))
  }

  async #execute(
    plan: Plan,
    desired: DesiredState,
    call: Call & Partial<Pick<JoinedCall, 'also'>>,
  ): Promise<Round> {
    if (plan.steps.length === 0) return { failures: new Map(), settled: Promise.resolve() }
    const span = this.#context.record.events.span('plan', {
      ...causeOf(call),
      l: this.name,
      steps: plan.steps,
      ...(call.also?.length ? { also: call.also } : {}),
    })
    const ranks = urgency(desired)
    const rankOf = (step: Step) =>
      ('service' in step ? -(ranks.get(step.service) ?? 0) : 0) - (this.#options.awaited ? 100 : 0)
    const outcomes = startPlan(plan, (step) =>
      performStep({
        context: this.#context,
        members: this.members,
        call,
        step,
        desired: 'service' in step ? desired.services[step.service] : undefined,
        rank: rankOf(step),
        size: sizeOf(desired),
        hooks: this.#options,
      }),
    )
    for (const outcome of outcomes.values())
      void outcome.then((ended) => this.#note(ended, { ...causeOf(call), p: span.id }))
    void Promise.all(outcomes.values()).then((all) =>
      span.end({ status: all.every(({ status }) => status === 'done') ? 'done' : 'failed' }),
    )
    const tidy = backgroundSteps(plan, desired)
    const asked = await Promise.all(
      [...outcomes].flatMap(([id, outcome]) => (tidy.has(id) ? [] : [outcome])),
    )
    // What could not be removed stays among the outgoing programs; the next round tries again.
    const settled = Promise.all([...tidy].map((id) => outcomes.get(id)))
    return { failures: failuresOf(asked, desired), settled }
  }

  #note(outcome: StepOutcome, cause: CauseFields): void {
    const { step, status } = outcome
    this.#context.record.events.write('plan.step', {
      ...cause,
      l: this.name,
      ...('service' in step ? { s: step.service } : {}),
      step: step.id,
      do: step.do,
      status,
      ...('ms' in outcome ? { ms: Math.round(outcome.ms * 1000) / 1000 } : {}),
      ...(outcome.status === 'failed' ? { error: failureOf(outcome.error) } : {}),
    })
  }
}

/** One executed plan. */
interface Round {
  readonly failures: Failures
  /** Background steps; only the next round waits for them, within limits. */
  readonly settled: Promise<unknown>
}

/** Addresses for the sandboxes of all services, and spare ones for services added later. */
const sizeOf = (desired: DesiredState) => Object.keys(desired.services).length + 24

interface Pending
  extends Required<
    Pick<ReconcileOptions, 'force' | 'restart' | 'restartCauses' | 'restartDependentsOf'>
  > {
  /** The callers that share the round. */
  readonly calls: readonly Call[]
}

const nothingPending = (): Pending => ({
  force: [],
  restart: [],
  restartCauses: {},
  restartDependentsOf: [],
  calls: [],
})

/** How long a round waits for the engine to describe what exists. */
const observeMs = 5_000

/** How long a round may take to report what it saw when its caller gives up. */
const reportMs = 100

/** A caller that gives up stops waiting, although the round may go on for other callers. */
const untilGivenUp = async (round: Promise<Failures>, call: Call): Promise<Failures> => {
  const givenUp = Promise.withResolvers<never>()
  const onAbort = () => {
    void settledWithinRealTime(round, reportMs).then(() => givenUp.reject(call.error()))
  }
  call.signal.addEventListener('abort', onAbort, { once: true })
  if (call.signal.aborted) onAbort()
  // The rejection is unhandled if the round ends first.
  givenUp.promise.catch(() => {})
  try {
    return await Promise.race([round, givenUp.promise])
  } finally {
    call.signal.removeEventListener('abort', onAbort)
  }
}

const failuresOf = (outcomes: readonly StepOutcome[], desired: DesiredState): Failures => {
  const failures = new Map<string, MesocosmError>()
  for (const outcome of outcomes) {
    if (outcome.status !== 'failed') continue
    const error = toMesocosmError(outcome.error)
    if ('service' in outcome.step) {
      const { service } = outcome.step
      if (!failures.has(service))
        failures.set(service, atService(error, { service, lane: desired.group }))
    } else {
      // Without a network all services of the group failed.
      const services = Object.keys(desired.services)
      for (const name of services.length > 0 ? services : [desired.group]) failures.set(name, error)
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

const refused = ({ name }: ServiceGroup, desired: DesiredState): Round => {
  const error = (service: string) =>
    aborted(`the start of ${service}`, undefined, {
      seen: `lane ${name} is being removed`,
      facts: { service, lane: name },
    })
  const failures = Object.keys(desired.services).map((name) => [name, error(name)] as const)
  return { failures: new Map(failures), settled: Promise.resolve() }
}
