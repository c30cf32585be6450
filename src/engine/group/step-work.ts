import type { Call } from '../../call/call.ts'
import { internalError } from '../../errors/unknown-error.ts'
import type { DesiredService } from '../../plan/desired.ts'
import type { Step } from '../../plan/plan.ts'
import { label } from '../../runtime/labels.ts'
import type { EngineContext } from '../run/context.ts'
import type { GroupMembers, Member, Sandbox } from './group-members.ts'
import type { Program } from './program.ts'

/** Callbacks of a group to its lane or shared server while it changes. */
export interface GroupHooks {
  /** Resolves when everything outside of the group that this service needs is ready. */
  readonly gate?: (service: string) => Promise<void>
  /** Prepares a ready program before others may use it; once per container. */
  readonly prepare?: (service: string, program: Program, call: Call) => Promise<void>
  /**
   * Called when a program has started; the result is disposed when it is ready or has failed. For a program that waits
   * for a debugger, limits on waiting stand still.
   */
  readonly starting?: (service: string) => Disposable | undefined
  /**
   * Returns the environment of a program that runs as a process of this machine, with addresses as this machine reaches
   * them; resolves when all of them are known.
   */
  readonly localEnv?: (service: string) => Promise<Readonly<Record<string, string>>>
  /** Called when the group has a new network. */
  readonly networkMade?: () => void
  /** Called before the network is removed; resolves when nothing else is on it. */
  readonly networkLeaves?: (network: string) => Promise<void>
  /** Called when a service has a new sandbox, with its addresses. */
  readonly sandboxMade?: (service: string, addresses: readonly string[]) => void
}

/** One step, and what is needed to perform it. */
export interface StepWork {
  readonly context: EngineContext
  readonly members: GroupMembers
  readonly step: Step
  /** Who asked for the plan; when that caller gives up, waits end and steps that have not begun are skipped. */
  readonly call: Call
  /** The desired service of the step, if it is still wanted. */
  readonly desired: DesiredService | undefined
  /** Of its engine calls among those that wait: the lowest are made first. */
  readonly rank: number
  /** Addresses that the network must have room for. */
  readonly size: number
  readonly hooks: GroupHooks
}

/** Returns the labels of a container of the group. */
export const serviceLabels = (work: StepWork, service: string, role: string, hash: string) => ({
  ...work.context.labels,
  [label.topology]: work.members.topology,
  [label.lane]: work.members.group,
  [label.service]: service,
  [label.role]: role,
  [label.configHash]: hash,
})

/** Returns the desired service of a step that needs one. */
export const wanted = ({ desired, step }: StepWork): DesiredService => {
  if (desired === undefined) throw internalError(`step "${step.do}" without a wanted service`)
  return desired
}

/** Returns the sandbox of a service that has one. */
export const sandboxOf = (member: Member): Sandbox => {
  if (member.sandbox === undefined)
    throw internalError(`the network sandbox of ${member.name} is gone`)
  return member.sandbox
}

/** Returns the program of a service that has one. */
export const programOf = (member: Member): Program => {
  if (member.program === undefined) throw internalError(`the container of ${member.name} is gone`)
  return member.program
}
