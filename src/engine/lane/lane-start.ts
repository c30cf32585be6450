import { setImmediate } from 'node:timers/promises'
import type { Call } from '../../call/call.ts'
import { closure } from '../../graph/order.ts'
import { settleAll } from '../run/settle-all.ts'
import type { LaneCore } from './lane-core.ts'
import { desiredService } from './lane-desired.ts'
import { throwFirst } from './lane-errors.ts'
import { assertLocalForms, withoutEffect } from './local-forms.ts'

/** Starts services of a lane (default all) and what they need; see `Lane.start`. */
export const startLane = async (
  lane: LaneCore,
  names: readonly string[] | undefined,
  call: Call,
): Promise<void> => {
  const { spec, wanted } = lane
  for (const name of names ?? []) spec.known(name)
  const asked = closure(spec.graph, names ?? Object.keys(spec.services))
  const fresh = asked.filter((name) => lane.slot(name).member?.program === undefined)
  if (lane.context.info.processes) checkLocalForms(lane, asked)
  for (const name of asked) wanted.add(name)
  for (const name of names ?? []) {
    const { overrides } = lane.slot(name)
    if (overrides.run === 'stopped') overrides.run = 'running'
  }
  for (const name of asked) lane.failed.delete(name)
  let hasBegun = false
  try {
    throwFirst(await spec.resolve(wanted), asked)
    call.assertOpen()
    hasBegun = true
    await bringUp(lane, asked, fresh, call)
  } catch (error) {
    for (const name of fresh) lane.failed.add(name)
    if (hasBegun) lane.spoil(call.what, error)
    throw error
  }
}

/** Restarts crashed programs. Exit code 0 of a service without a probe is not a crash. */
export const clearCrashes = (lane: LaneCore, names: Iterable<string>): void => {
  for (const name of names) {
    const { program } = lane.group.members.get(name) ?? {}
    if (program === undefined || !program.crashed) continue
    const isDone = program.exit?.exitCode === 0 && desiredService(lane, name)?.ready === undefined
    if (!isDone) program.clearCrash()
  }
}

/** Resolves when the lane has a tenant on each of these services that is shared. */
export const arrived = ({ tenancies }: LaneCore, names: readonly string[]): Promise<void> =>
  settleAll(names.map((name) => tenancies.ready(name)))

/** Whether a service has been ready, or has done its work. */
export const hasRun = (lane: LaneCore, name: string): boolean => {
  const program = lane.slot(name).member?.program
  return program !== undefined && (program.ready || program.exit?.exitCode === 0)
}

// ---

/** Services that have no local form fail all at once; what has no effect on a process is warned of. */
const checkLocalForms = ({ name: lane, spec, context }: LaneCore, names: readonly string[]) => {
  assertLocalForms(spec.services, names)
  for (const service of names) {
    const keys = withoutEffect(spec.services[service] ?? {})
    if (keys.length > 0) context.warnings.report(noEffect(keys), { service, lane })
  }
}

const noEffect = (keys: readonly string[]): string =>
  `without effect, because it runs as a process of this machine: ${keys.join(', ')}`

const bringUp = async (
  lane: LaneCore,
  asked: readonly string[],
  fresh: readonly string[],
  call: Call,
): Promise<void> => {
  const { spec, wanted, tenancies, group, snapshots } = lane
  clearCrashes(lane, asked)
  await tenancies.settle(wanted, call)
  // Shared servers start slowest, so send their first calls first.
  if (tenancies.names.length > 0) await setImmediate()
  const failures = await group.converge(call)
  await arrived(lane, asked)
  throwFirst(failures, asked)
  // A program may have written to its dependencies, so their snapshots are renewed. Other services may contain data
  // of a test. An added service is removed by the reset, so its data elsewhere must not be in a snapshot.
  const declared = fresh.filter((name) => !spec.added.includes(name))
  const changed = new Set([...closure(spec.graph, declared), ...fresh])
  await snapshots.take(
    changed,
    call,
    fresh.filter((name) => !lane.isUsed(name)),
  )
}
