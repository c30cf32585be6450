import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { DesiredService } from '../plan/desired.ts'
import type { Step } from '../plan/plan.ts'
import { label } from '../runtime/labels.ts'
import type { ContainerSpec, ContainerState } from '../runtime/runtime.ts'
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
  readonly prepare: ((service: string, program: Program) => Promise<void>) | undefined
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
        name: networkName(context.run, members.group),
        labels: { ...context.labels, [label.topology]: members.topology, [label.lane]: members.group },
        size,
      }),
    ),
  )
}

/** A port can be taken between the moment it was picked and the start. */
const portTries = 4

const startHolder = async (work: StepWork, member: Member, hash: string) => {
  const { context, members } = work
  const { place } = wanted(work)
  const image = await context.runtime.image({ kind: 'holder' })
  for (let tries = 1; ; tries++) {
    const hostPorts = await context.freePorts?.pick(place.publish.length)
    const publish = place.publish.map((port, index) => {
      const hostPort = hostPorts?.[index]
      return hostPort === undefined ? port : { ...port, hostPort }
    })
    const spec: ContainerSpec = {
      name: members.containerName(member.name, 'holder'),
      image: image.reference,
      hostname: member.name,
      labels: serviceLabels(work, member.name, 'holder', hash),
      network: { kind: 'own', network: members.network as string, aliases: place.aliases },
      publish,
    }
    try {
      const state = await context.limit(() => startKept(context, member.name, spec))
      member.holder = { id: state.id, hash, config: place, connected: true, state }
      return
    } catch (error) {
      const taken = error instanceof MesocosmError && error.code === 'PORT_TAKEN'
      if (!taken || hostPorts === undefined || tries === portTries) throw error
    }
  }
}

const startKept = async ({ runtime }: EngineContext, service: string, spec: ContainerSpec): Promise<ContainerState> => {
  const id = await runtime.create(spec)
  try {
    await runtime.start(id)
    const state = await runtime.inspect(id)
    if (state?.status === 'running') return state
    throw holderGone(service, state?.exitCode)
  } catch (error) {
    await runtime.remove('container', id)
    throw error
  }
}

const createProgram = async (work: StepWork, member: Member, hash: string) => {
  const { context, members } = work
  const { program: config, prebuilt } = wanted(work)
  const { image, imageId: _, labels, env, files, ...rest } = config
  const holder = member.holder as NonNullable<Member['holder']>
  const id = await context.limit(() =>
    context.runtime.create({
      ...rest,
      // A prebuilt image holds the files already.
      ...(prebuilt === undefined ? { files } : {}),
      name: members.containerName(member.name, 'program'),
      image: prebuilt ?? image,
      env,
      labels: { ...labels, ...serviceLabels(work, member.name, 'program', hash) },
      network: { kind: 'joined', container: holder.id },
    }),
  )
  if (member.program !== undefined) member.outgoing.set(member.program.id, member.program)
  member.program = new Program(context, { lane: members.group, service: member.name }, { id, hash, config, prebuilt: prebuilt !== undefined })
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
  if (!program.prepared) await work.prepare?.(member.name, program)
  program.prepared = true
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

/**
 * Of a container's networks the engine publishes ports on the one whose name comes first, and publishes them anew
 * when that one changes. Shared servers join and leave lanes: their own network must stay the first.
 */
const networkName = (run: string, group: string) =>
  `mesocosm-${run.slice(-6)}-${group === 'run' ? '0-run' : group}`

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

