import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { DesiredService } from '../plan/desired.ts'
import type { Step } from '../plan/plan.ts'
import { label } from '../runtime/labels.ts'
import type { EngineContext, ServiceState } from './context.ts'
import type { GroupMembers, Member } from './group-members.ts'
import { awaitReady, exitError } from './probe/await-ready.ts'
import { createProbe } from './probe/probe.ts'
import type { ProbeTarget } from './probe/target.ts'
import { Program } from './program.ts'

export interface StepWork {
  readonly context: EngineContext
  readonly members: GroupMembers
  readonly step: Step
  /** The wanted service, where the step has one and it is still wanted. */
  readonly desired: DesiredService | undefined
  /** Addresses the network should have room for. */
  readonly size: number
  readonly gate: ((service: string) => Promise<void>) | undefined
}

/** Carries one step out on the runtime and notes what is there now. */
export const performStep = async (work: StepWork): Promise<void> => {
  const { context, members, step } = work
  const { runtime, limit } = context
  if (step.do === 'create network') return createNetwork(work)
  if (step.do === 'remove network') {
    await limit(() => runtime.remove('network', step.network))
    members.network = undefined
    return
  }
  const member = members.of(step.service)
  const report = (state: ServiceState, ms?: number) =>
    context.progress({ kind: 'service', lane: members.group, service: step.service, state, ...(ms === undefined ? {} : { ms }) })
  switch (step.do) {
    case 'start holder':
      report('preparing')
      return startHolder(work, member, step.hash)
    case 'remove holder':
      await limit(() => runtime.remove('container', step.container))
      if (member.holder?.id === step.container) member.holder = undefined
      report('removed')
      return
    case 'create program':
      return createProgram(work, member, step.hash)
    case 'start program': {
      const program = programOf(member)
      await work.gate?.(step.service)
      report('starting')
      await program.start()
      return
    }
    case 'await ready': {
      const start = performance.now()
      try {
        await awaitServiceReady(work, member)
      } catch (error) {
        report('failed')
        throw error
      }
      report('ready', performance.now() - start)
      return
    }
    case 'await completed':
      return awaitCompleted(work, member)
    case 'stop program':
      report('stopping')
      await member.programOf(step.container)?.stop(step.graceMs)
      report('stopped')
      return
    case 'remove program': {
      await limit(() => runtime.remove('container', step.container))
      const program = member.programOf(step.container)
      program?.close()
      member.outgoing.delete(step.container)
      if (member.program === program) member.program = undefined
      return
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

const createNetwork = async ({ context, members, size }: StepWork) => {
  members.setNetwork(
    await context.limit(() =>
      context.runtime.createNetwork({
        name: `mesocosm-${context.run.slice(-6)}-${members.group}`,
        labels: { ...context.labels, [label.topology]: members.topology, [label.lane]: members.group },
        size,
      }),
    ),
  )
}

const startHolder = async (work: StepWork, member: Member, hash: string) => {
  const { context, members } = work
  const desired = wanted(work)
  const network = members.network as string
  await context.limit(async () => {
    const image = await context.runtime.image({ kind: 'holder' })
    const id = await context.runtime.create({
      name: members.containerName(member.name, 'holder'),
      image: image.reference,
      hostname: member.name,
      labels: serviceLabels(work, member.name, 'holder', hash),
      network: { kind: 'own', network, aliases: desired.place.aliases },
      publish: desired.place.publish,
    })
    try {
      await context.runtime.start(id)
      const state = await context.runtime.inspect(id)
      if (state?.status !== 'running') throw holderGone(member.name, state?.exitCode)
      member.holder = { id, hash, config: desired.place, connected: true, state }
    } catch (error) {
      await context.runtime.remove('container', id)
      throw error
    }
  })
}

const createProgram = async (work: StepWork, member: Member, hash: string) => {
  const { context, members } = work
  const { program: config } = wanted(work)
  const { image, imageId: _, labels, env, ...rest } = config
  const holder = member.holder as NonNullable<Member['holder']>
  const id = await context.limit(() =>
    context.runtime.create({
      ...rest,
      name: members.containerName(member.name, 'program'),
      image,
      env,
      labels: { ...labels, ...serviceLabels(work, member.name, 'program', hash) },
      network: { kind: 'joined', container: holder.id },
    }),
  )
  if (member.program !== undefined) member.outgoing.set(member.program.id, member.program)
  member.program = new Program(context, { lane: members.group, service: member.name }, { id, hash, config })
}

const awaitServiceReady = async (work: StepWork, member: Member) => {
  const { context, members } = work
  const desired = wanted(work)
  const program = programOf(member)
  const wait = {
    service: member.name,
    lane: members.group,
    log: program.log,
    logPath: program.logPath,
    exited: program.exited,
    timeoutMs: desired.readyTimeoutMs,
    signal: members.abort.signal,
  }
  if (desired.ready !== undefined) {
    const target: ProbeTarget = {
      runtime: context.runtime,
      container: program.id,
      ports: desired.ports ?? {},
      published: (port) => atPort(desired, port, (number, protocol) => member.published(number, protocol)),
      direct: (port) => atPort(desired, port, (number) => member.direct(number)),
      log: program.log,
    }
    await awaitReady({ ...wait, probe: createProbe(desired.ready, target) })
  } else if (program.exit !== undefined && program.exit.exitCode !== 0) {
    throw exitError(wait, program.exit, performance.now())
  }
  program.log.settled()
  program.ready = true
}

const atPort = <T>(desired: DesiredService, name: string, at: (port: number, protocol: string) => T | undefined) => {
  const spec = desired.ports?.[name]
  return spec === undefined ? undefined : at(spec.port, spec.protocol ?? 'tcp')
}

const awaitCompleted = async (work: StepWork, member: Member) => {
  const start = performance.now()
  const program = programOf(member)
  const desired = wanted(work)
  const wait = {
    service: member.name,
    lane: work.members.group,
    log: program.log,
    logPath: program.logPath,
    exited: program.exited,
    timeoutMs: desired.readyTimeoutMs,
    signal: work.members.abort.signal,
  }
  const never = { awaited: 'its end', intervalMs: 0, look: async () => ({ ready: false, seen: 'it still runs' }) as const }
  const exit = program.exit
  if (exit?.exitCode === 0) return
  if (exit !== undefined) throw exitError(wait, exit, start)
  // Its end is what we wait for: only an end with another code than 0 is a failure.
  await awaitReady({ ...wait, probe: never }).catch((error: unknown) => {
    if (program.exit?.exitCode !== 0) throw error
  })
}

const link = async ({ context, members, desired }: StepWork, member: Member, change: 'connect' | 'disconnect') => {
  const holder = member.holder
  const network = members.network
  if (holder === undefined || network === undefined) return
  await context.runtime.link({ kind: change, container: holder.id, network, aliases: desired?.place.aliases ?? [] })
  holder.connected = change === 'connect'
  const state = await context.runtime.inspect(holder.id)
  if (state !== undefined) holder.state = state
}

const serviceLabels = (work: StepWork, service: string, role: string, hash: string) => ({
  ...work.context.labels,
  [label.topology]: work.members.topology,
  [label.lane]: work.members.group,
  [label.service]: service,
  [label.role]: role,
  [label.configHash]: hash,
})

const wanted = ({ desired, step }: StepWork): DesiredService => {
  if (desired === undefined) throw new Error(`step "${step.do}" without a wanted service`)
  return desired
}

const programOf = (member: Member): Program => {
  if (member.program === undefined) throw new Error(`${member.name} has no program`)
  return member.program
}

const holderGone = (service: string, exitCode: number | undefined) =>
  new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `the container that keeps the network place of ${service} ended at once (exit code ${exitCode ?? 'unknown'})`,
    remedy: 'check that the engine runs images of its own architecture: `docker run --rm hello-world`',
    facts: { service },
  })

