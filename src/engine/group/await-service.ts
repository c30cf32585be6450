import type { Call } from '../../call/call.ts'
import type { DesiredService } from '../../plan/desired.ts'
import { awaitReady, exitError } from '../probe/await-ready.ts'
import { createProbe } from '../probe/probe.ts'
import type { Probe, ProbeTarget } from '../probe/target.ts'
import { whyUnreachable } from '../probe/why-unreachable.ts'
import type { EngineContext } from '../run/context.ts'
import { type GroupMembers, type Member, noteState } from './group-members.ts'
import type { Program } from './program.ts'

/** A started program, and what is needed to wait for it. */
export interface Awaited {
  readonly context: EngineContext
  readonly members: GroupMembers
  readonly member: Member
  readonly program: Program
  readonly desired: DesiredService
  /** The call that waits. */
  readonly call: Call
}

/** Waits until the probe of a started program succeeds; without a probe a started program is ready. */
export const awaitServiceReady = async (awaited: Awaited): Promise<void> => {
  const { program, desired } = awaited
  const { ready } = desired
  if (ready !== undefined) {
    const target = targetOf(awaited)
    // The sockets of a process are among all those of this machine.
    const why = async () =>
      program.config.local === undefined ? whyUnreachable(ready, target) : undefined
    await awaitProbe(awaited, createProbe(ready, target), { why })
  } else if (program.exit !== undefined && program.exit.exitCode !== 0) {
    throw exitError(waitOf(awaited), program.exit, performance.now())
  }
}

/** Waits for a program to exit; a code other than 0 is a failure. */
export const awaitCompleted = async (awaited: Awaited): Promise<void> => {
  const { program } = awaited
  const start = performance.now()
  if (program.exit === undefined)
    await awaitProbe(awaited, never).catch((error: unknown) => {
      if (program.exit?.exitCode !== 0) throw error
    })
  if (program.exit !== undefined && program.exit.exitCode !== 0)
    throw exitError(waitOf(awaited), program.exit, start)
}

// ---

const awaitProbe = async (
  awaited: Awaited,
  probe: Probe,
  more: Pick<Parameters<typeof awaitReady>[0], 'why'> = {},
): Promise<void> => {
  const { program } = awaited
  program.awaits = probe.awaited
  try {
    await awaitReady({ ...waitOf(awaited), probe, ...more })
  } finally {
    program.awaits = undefined
  }
}

const never: Probe = {
  awaited: 'its end',
  intervalMs: 0,
  look: async () => ({ ready: false, seen: 'it still runs' }),
}

const waitOf = ({ members, member, program, desired, call }: Awaited) => ({
  service: member.name,
  lane: members.group,
  log: program.log,
  logPath: program.logPath,
  exited: program.exited,
  timeoutMs: desired.readyTimeoutMs,
  removed: members.abort.signal,
  call,
  changed: program.changed,
})

const targetOf = (awaited: Awaited): ProbeTarget => {
  const { context, member, program, desired } = awaited
  const { ports = {} } = desired
  const at = <T>(name: string, find: (port: number, protocol: string) => T | undefined) => {
    const spec = ports[name]
    return spec === undefined ? undefined : find(spec.port, spec.protocol ?? 'tcp')
  }
  return {
    runtime: context.runtime,
    container: program.id,
    ports,
    published: (name) => at(name, (port, protocol) => member.published(port, protocol)),
    direct: (name) => at(name, (port) => member.direct(port)),
    lost: () => lostOf(awaited),
    log: program.log,
  }
}

/** Looks at the sandbox again; the next look of the probe uses ports that it publishes now. */
const lostOf = async ({ context, members, member }: Awaited): Promise<string | undefined> => {
  const { sandbox } = member
  const state = sandbox && (await context.runtime.inspect(sandbox.id))
  if (sandbox === undefined || (state?.status !== 'running' && state?.status !== 'paused'))
    return 'its network sandbox has ended'
  const { published } = sandbox.state
  noteState(sandbox, state)
  if (sandbox.connected && !Object.hasOwn(state.addresses, members.network ?? ''))
    return 'its network sandbox was taken off the network'
  const isMoved = Object.entries(published).some(
    ([port, at]) => sandbox.state.published[port] !== at,
  )
  return isMoved ? 'its ports have moved' : undefined
}
