import { causeOf } from '../../call/call.ts'
import { internalError } from '../../errors/unknown-error.ts'
import type { ServiceStatus } from '../../model/service-view.ts'
import { label } from '../../runtime/labels.ts'
import { awaitCompleted } from './await-service.ts'
import { type GroupMembers, type Member, noteState } from './group-members.ts'
import { createProgram, makeReady, startProgram } from './program-steps.ts'
import { startSandbox } from './start-sandbox.ts'
import { programOf, type StepWork, serviceLabels, wanted } from './step-work.ts'

/** Performs one step on the runtime and updates the members. */
export const performStep = async (work: StepWork): Promise<void> => {
  const { context, members, step, hooks, call, rank } = work
  // Removals are always finished: they free resources, and nothing waits for them.
  if (!step.do.startsWith('remove')) call.assertOpen()
  const { runtime, limit } = context
  if (step.do === 'create network') return createNetwork(work)
  if (step.do === 'remove network') {
    await hooks.networkLeaves?.(step.network)
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
        rank,
        spec: {
          name: members.containerName(member.name, 'sandbox'),
          hostname: member.name,
          labels: serviceLabels(work, member.name, 'sandbox', step.hash),
          network: networkOf(members),
          aliases: sandbox.aliases,
          ...(sandbox.extraHosts === undefined ? {} : { extraHosts: sandbox.extraHosts }),
          ...(sandbox.sysctls === undefined ? {} : { sysctls: sandbox.sysctls }),
        },
      })
      hooks.sandboxMade?.(member.name, Object.values(member.sandbox.state.addresses))
      return
    }
    case 'remove sandbox':
      await context.tunnels.leave(step.container)
      await limit(() => runtime.remove('container', step.container), rank)
      await member.forget(step.container)
      report('removed')
      return
    case 'create program':
      return createProgram(work, member, step.hash)
    case 'start program':
      await hooks.gate?.(step.service)
      report('starting')
      return startProgram(work, member)
    case 'await ready': {
      const start = performance.now()
      try {
        await makeReady(work, member)
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
      // Removals slow down starts on the engine, and seldom does anything wait for them.
      const remove = () => limit(() => runtime.remove('container', step.container), rank + 1)
      await (program?.removed(remove) ?? remove())
      return members.forget(member.name, step.container)
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

const createNetwork = async ({ context, members, size, rank, hooks }: StepWork) => {
  members.network = await context.limit(
    () =>
      context.runtime.createNetwork({
        name: networkName(context.run, members.group),
        labels: {
          ...context.labels,
          [label.topology]: members.topology,
          [label.lane]: members.group,
        },
        size,
      }),
    rank,
  )
  hooks.networkMade?.()
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
  if (state !== undefined) noteState(sandbox, state)
}

/**
 * The engine publishes ports on the network whose name sorts first, and publishes them again when that one changes.
 * Shared servers join and leave networks of lanes, so their own network must stay first.
 */
const networkName = (run: string, group: string) =>
  `mesocosm-${run.slice(-6)}-${group.startsWith('run') ? `0-${group}` : group}`

const networkOf = ({ network, group }: GroupMembers): string => {
  if (network === undefined) throw internalError(`${group} has no network`)
  return network
}
