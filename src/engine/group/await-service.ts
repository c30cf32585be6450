import type { Call } from '../../call/call.ts'
import type { DesiredService } from '../../plan/desired.ts'
import { awaitReady, exitError } from '../probe/await-ready.ts'
import { createProbe } from '../probe/probe.ts'
import type { Probe, ProbeTarget } from '../probe/target.ts'
import type { EngineContext } from '../run/context.ts'
import type { GroupMembers, Member } from './group-members.ts'
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
  if (desired.ready !== undefined) {
    const probe = createProbe(desired.ready, targetOf(awaited))
    await awaitProbe(awaited, probe)
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

const awaitProbe = async (awaited: Awaited, probe: Probe): Promise<void> => {
  const { program } = awaited
  program.awaits = probe.awaited
  try {
    await awaitReady({ ...waitOf(awaited), probe })
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

const targetOf = ({ context, member, program, desired }: Awaited): ProbeTarget => {
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
    log: program.log,
  }
}
