import { type Call, causeOf } from '../../call/call.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { failureOf } from '../../errors/outcome.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { LaneCore } from './lane-core.ts'
import { differenceOf, environmentOf } from './lane-desired.ts'
import { throwFirst } from './lane-errors.ts'
import { arrived, clearCrashes, hasRun } from './lane-start.ts'
import { localSpecNow } from './local-program.ts'
import { noteSwap } from './note-swap.ts'

/**
 * Restores the declared state of a lane: services, environment, data. `deep` recreates all programs and data; so does
 * `light` after a failed start or reset, and when the data cannot be reset. If a deep reset cannot bring the data back
 * either, everything of the lane is removed and made again.
 */
export const resetLane = async (lane: LaneCore, level: ResetDepth, call: Call): Promise<void> => {
  const start = performance.now()
  void lane.edges.look()
  const isDeep = level === 'deep' || lane.dirty === 'deep'
  const before = lane.dirtyCause
  // A reset that fails half-way leaves the lane unusable until a deep one.
  lane.dirty = 'deep'
  const { step, cause = before } = await climb(lane, isDeep ? ['deep', 'remake'] : steps, call)
  lane.dirty = undefined
  lane.dirtyCause = undefined
  const { record, progress } = lane.context
  record.events.write('lane.reset', {
    ...causeOf(call),
    l: lane.name,
    level: step === 'light' ? 'light' : 'deep',
    ms: Math.round(performance.now() - start),
    ...(cause === undefined ? {} : { cause }),
  })
  progress({ kind: 'lane', lane: lane.name, state: 'reset' })
}

// ---

/** Keeps the data, makes programs and data again, or everything from nothing. */
type ResetStep = 'light' | 'deep' | 'remake'

const steps: readonly ResetStep[] = ['light', 'deep', 'remake']

/** Takes the next step when the data cannot be restored by the one before; returns the one that did it, and why. */
const climb = async (
  lane: LaneCore,
  [step = 'remake', ...further]: readonly ResetStep[],
  call: Call,
): Promise<{ readonly step: ResetStep; readonly cause?: string }> => {
  try {
    await resetBy(lane, step, call)
    return { step }
  } catch (error) {
    if (!isDataFailure(error) || call.signal.aborted || further.length === 0) {
      lane.spoil(call.what, error)
      lane.broken = isDataFailure(error) && further.length === 0
      throw error
    }
    const done = await climb(lane, further, call)
    return { ...done, cause: `its data could not be reset: ${failureOf(error).message}` }
  }
}

const isDataFailure = (error: unknown): boolean =>
  isMesocosmError(error) && error.code === 'TASK_FAILED'

const resetBy = async (lane: LaneCore, step: ResetStep, call: Call): Promise<void> => {
  const { spec, tenancies, group, snapshots } = lane
  for (const name of spec.added) {
    lane.drop(name)
    noteRemoved(lane, name, call)
  }
  for (const name of lane.failed) if (!hasRun(lane, name)) lane.wanted.delete(name)
  lane.failed.clear()
  const changed = changedEnvs(lane)
  const swapped = [...lane.wanted].filter((name) => lane.slot(name).overrides.swapped)
  await restoreShared(lane, call)
  lane.clearOverrides()
  noteEnvs(lane, changed, call)
  for (const name of swapped) {
    const { processes = false } = lane.context.info
    const declared = spec.complete[name] ?? {}
    noteSwap(
      lane,
      name,
      localSpecNow(declared, lane.slot(name).overrides, processes),
      call,
      'reset',
    )
  }
  const wanted = [...lane.wanted]
  clearCrashes(lane, wanted)
  throwFirst(await spec.resolve(wanted), wanted)
  call.assertOpen()
  if (step === 'remake') await removeAll(lane, call)
  await tenancies.settle(wanted, call)
  if (step === 'light') {
    throwFirst(await group.converge(call), wanted)
    await arrived(lane, wanted)
    await snapshots.restore(wanted, call)
  } else {
    // Reset data first, so that programs start on it. A program that exits because its data was dropped has not failed.
    for (const name of wanted) group.members.get(name)?.program?.clearCrash()
    if (step === 'deep') await snapshots.run('deepReset', tenancies.names, call)
    const force = wanted.filter((name) => !spec.isShared(name))
    throwFirst(await group.converge(call, { force }), wanted)
    await arrived(lane, wanted)
    await snapshots.take(wanted, call)
  }
  call.assertOpen()
}

const noteRemoved = ({ context, name: l }: LaneCore, s: string, call: Call): void =>
  context.record.events.write('svc.remove', { ...causeOf(call), l, s, cause: 'reset' })

/** The environment of each service as it is now, if something may have changed it. */
const changedEnvs = (lane: LaneCore): ReadonlyMap<string, Readonly<Record<string, string>>> =>
  new Map(
    [...lane.wanted]
      .filter((name) => lane.slot(name).overrides.changesEnv)
      .map((name) => [name, environmentOf(lane, name)]),
  )

/** Records what a reset puts back: the services get it with the plan that follows. */
const noteEnvs = (
  lane: LaneCore,
  before: ReadonlyMap<string, Readonly<Record<string, string>>>,
  call: Call,
): void => {
  for (const [name, env] of before) {
    const diff = differenceOf(env, environmentOf(lane, name))
    if (Object.keys(diff).length === 0) continue
    const origin = { ...causeOf(call), l: lane.name, s: name }
    lane.context.record.events.write('env.change', { ...origin, diff, cause: 'reset' })
  }
}

/** Removes all services and tenants of the lane. A tenant that cannot be dropped is left behind, and recorded. */
const removeAll = async (lane: LaneCore, call: Call): Promise<void> => {
  const { tenancies, group } = lane
  const left = await Promise.allSettled(tenancies.names.map((name) => tenancies.leave(name, call)))
  for (const result of left)
    if (result.status === 'rejected') lane.noteUndo('lane.reset', result.reason, call)
  lane.removed = true
  await Promise.all([lane.door.detach(), lane.commands.detach()])
  try {
    const failures = await group.converge(call)
    throwFirst(failures, [...failures.keys()])
  } finally {
    lane.removed = false
  }
}

/** Drops the overrides that this lane has set on shared servers. */
const restoreShared = async ({ tenancies, shared }: LaneCore, call: Call): Promise<void> => {
  for (const name of tenancies.names) {
    const server = tenancies.server(name)
    if (server === undefined || server.overrides.pristine) continue
    server.overrides.clear()
    const failure = await shared.converge(server, call)
    if (failure !== undefined) throw failure
  }
  await tenancies.reconnect()
}
