import { type Call, causeOf } from '../../call/call.ts'
import { internalError } from '../../errors/unknown-error.ts'
import type { ServiceStatus } from '../../model/service-view.ts'
import type { DesiredService } from '../../plan/desired.ts'
import type { Step } from '../../plan/plan.ts'
import { label } from '../../runtime/labels.ts'
import { isImageMissing } from '../image/image-missing.ts'
import { looksAtLog } from '../probe/probe.ts'
import type { EngineContext } from '../run/context.ts'
import { awaitCompleted, awaitServiceReady } from './await-service.ts'
import type { GroupMembers, Member, Sandbox } from './group-members.ts'
import { Program } from './program.ts'
import { startSandbox } from './start-sandbox.ts'

/** Callbacks of a group to its lane or shared server while it changes. */
export interface GroupHooks {
  /** Resolves when everything outside of the group that this service needs is ready. */
  readonly gate?: (service: string) => Promise<void>
  /** Prepares a ready program before others may use it; once per container. */
  readonly prepare?: (service: string, program: Program, call: Call) => Promise<void>
  /** Called when the group has a new network. */
  readonly networkMade?: () => void
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
  /** Addresses that the network must have room for. */
  readonly size: number
  readonly hooks: GroupHooks
}

/** Performs one step on the runtime and updates the members. */
export const performStep = async (work: StepWork): Promise<void> => {
  const { context, members, step, hooks, call } = work
  // Removals are always finished: they free resources, and nothing waits for them.
  if (!step.do.startsWith('remove')) call.assertOpen()
  const { runtime, limit } = context
  if (step.do === 'create network') return createNetwork(work)
  if (step.do === 'remove network') {
    await limit(() => runtime.remove('network', step.network))
    members.network = undefined
    return
  }
  const member = members.of(step.service)
  const report = (state: ServiceStatus, ms?: number) =>
    context.progress({
      kind: 'service',
      lane: members.group,
      service: step.service,
      state,
      ...(ms === undefined ? {} : { ms }),
    })
  switch (step.do) {
    case 'start sandbox': {
      report('preparing')
      const { sandbox } = wanted(work)
      member.sandbox = await startSandbox(context, member.name, {
        sandbox,
        hash: step.hash,
        image: wanted(work).program.image,
        lane: members.group,
        spec: {
          name: members.containerName(member.name, 'sandbox'),
          hostname: member.name,
          labels: serviceLabels(work, member.name, 'sandbox', step.hash),
          network: networkOf(members),
          aliases: sandbox.aliases,
          ...(sandbox.extraHosts === undefined ? {} : { extraHosts: sandbox.extraHosts }),
        },
      })
      return
    }
    case 'remove sandbox':
      await limit(() => runtime.remove('container', step.container))
      await member.forget(step.container)
      report('removed')
      return
    case 'create program':
      return createProgram(work, member, step.hash)
    case 'start program':
      await hooks.gate?.(step.service)
      report('starting')
      return startProgram(work, member).catch((error: unknown) =>
        againFromOwnImage(work, member, error),
      )
    case 'await ready': {
      const start = performance.now()
      try {
        await makeReady(work, member).catch(async (error: unknown) => {
          if (programOf(member).exit === undefined) throw error
          await againFromOwnImage(work, member, error)
          await makeReady(work, member)
        })
      } catch (error) {
        report('failed')
        throw error
      }
      report('ready', performance.now() - start)
      return
    }
    case 'await completed':
      return awaitCompleted({
        context,
        members,
        member,
        program: programOf(member),
        desired: wanted(work),
        call,
      })
    case 'stop program':
      report('stopping')
      await member.programOf(step.container)?.stop(step.graceMs, {
        signal: members.abort.signal,
        cause: { ...causeOf(call), by: 'stop' },
      })
      report('stopped')
      return
    case 'remove program': {
      const program = member.programOf(step.container)
      // A program that still runs is ended by its removal.
      if (program !== undefined) program.cause ??= { ...causeOf(call), by: 'stop' }
      const remove = () => limit(() => runtime.remove('container', step.container))
      await (program?.removed(remove) ?? remove())
      return member.forget(step.container)
    }
    case 'pause':
    case 'unpause': {
      const program = programOf(member)
      await runtime.signal(program.id, step.do)
      program.status = step.do === 'pause' ? 'paused' : 'running'
      report(step.do === 'pause' ? 'paused' : 'ready')
      return
    }
    case 'connect':
    case 'disconnect':
      return link(work, member, step.do)
  }
}

// ---

const createNetwork = async ({ context, members, size, hooks }: StepWork) => {
  members.network = await context.limit(() =>
    context.runtime.createNetwork({
      name: networkName(context.run, members.group),
      labels: {
        ...context.labels,
        [label.topology]: members.topology,
        [label.lane]: members.group,
      },
      size,
    }),
  )
  hooks.networkMade?.()
}

const createProgram = async (work: StepWork, member: Member, hash: string) => {
  const { prebuilt } = wanted(work)
  if (prebuilt === undefined) return createFrom(work, member, hash, undefined)
  try {
    await createFrom(work, member, hash, prebuilt)
  } catch (error) {
    await createFrom(work, member, hash, undefined)
    if (!isImageMissing(error)) noteWithout(work, member, error)
  }
}

/** Creates the program's container from its image, or from a prebuilt one that contains the files. */
const createFrom = async (
  work: StepWork,
  member: Member,
  hash: string,
  prebuilt: string | undefined,
) => {
  const { context, members } = work
  const { program: config, prebuilt: keep } = wanted(work)
  const { image, imageId, labels, env, files, ...rest } = config
  const sandbox = sandboxOf(member)
  const create = (from: string) =>
    context.limit(() =>
      context.runtime.create({
        ...rest,
        ...(prebuilt === undefined ? { files } : {}),
        name: members.containerName(member.name, 'program'),
        image: from,
        env,
        labels: { ...labels, ...serviceLabels(work, member.name, 'program', hash) },
        network: { kind: 'joined', container: sandbox.id },
      }),
    )
  const id = await create(prebuilt ?? image).catch((error: unknown) => {
    // Its name was taken away, but its other containers keep the image.
    if (prebuilt !== undefined || !isImageMissing(error)) throw error
    return create(imageId)
  })
  if (member.program !== undefined) member.outgoing.set(member.program.id, member.program)
  const keepAs = prebuilt === undefined ? keep : undefined
  member.program = new Program(
    context,
    { lane: members.group, service: member.name },
    { id, hash, config, prebuilt: prebuilt !== undefined, keepAs },
  )
}

const startProgram = async (work: StepWork, member: Member) => {
  const program = programOf(member)
  // The former program has the same ports. It may still exist, but must have been signalled.
  await Promise.all([...member.outgoing.values()].map(({ killed }) => killed))
  await program.start({ keepLines: looksAtLog(wanted(work).ready) })
}

/** Starts a program from its own image after it could not run from the prebuilt one. */
const againFromOwnImage = async (work: StepWork, member: Member, error: unknown) => {
  const { prebuilt, hash } = programOf(member)
  if (!prebuilt || work.call.signal.aborted) throw error
  await createFrom(work, member, hash, undefined)
  await startProgram(work, member)
  noteWithout(work, member, error)
}

const noteWithout = ({ context, members }: StepWork, member: Member, error: unknown) =>
  context.shortcuts.failed('prebuilt image', error, { service: member.name, lane: members.group })

const makeReady = async (work: StepWork, member: Member) => {
  const { context, members, hooks, call } = work
  const program = programOf(member)
  await awaitServiceReady({ context, members, member, program, desired: wanted(work), call })
  try {
    if (!program.prepared) await hooks.prepare?.(member.name, program, call)
  } catch (error) {
    program.spoiled = true
    throw error
  }
  program.prepared = true
  // Probes may read its lines until it is ready.
  program.log.settled()
  program.ready = program.status === 'running'
}

const link = async (
  { context, members, desired }: StepWork,
  member: Member,
  change: 'connect' | 'disconnect',
) => {
  const { sandbox } = member
  const { network } = members
  if (sandbox === undefined || network === undefined) return
  const attachment = {
    container: sandbox.id,
    network,
    aliases: desired?.sandbox.aliases ?? [],
  }
  if (change === 'connect') await context.runtime.attach(attachment)
  else await context.runtime.detach(attachment)
  sandbox.connected = change === 'connect'
  sandbox.lost = false
  const state = await context.runtime.inspect(sandbox.id)
  if (state !== undefined) sandbox.state = state
}

/**
 * The engine publishes ports on the network whose name sorts first, and publishes them again when that one changes.
 * Shared servers join and leave networks of lanes, so their own network must stay first.
 */
const networkName = (run: string, group: string) =>
  `mesocosm-${run.slice(-6)}-${group.startsWith('run') ? `0-${group}` : group}`

const serviceLabels = (work: StepWork, service: string, role: string, hash: string) => ({
  ...work.context.labels,
  [label.topology]: work.members.topology,
  [label.lane]: work.members.group,
  [label.service]: service,
  [label.role]: role,
  [label.configHash]: hash,
})

const wanted = ({ desired, step }: StepWork): DesiredService => {
  if (desired === undefined) throw internalError(`step "${step.do}" without a wanted service`)
  return desired
}

const networkOf = ({ network, group }: GroupMembers): string => {
  if (network === undefined) throw internalError(`${group} has no network`)
  return network
}

const sandboxOf = (member: Member): Sandbox => {
  if (member.sandbox === undefined)
    throw internalError(`the network sandbox of ${member.name} is gone`)
  return member.sandbox
}

const programOf = (member: Member): Program => {
  if (member.program === undefined) throw internalError(`the container of ${member.name} is gone`)
  return member.program
}
