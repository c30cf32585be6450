import { boundLanes } from '../../balance/bound-lanes.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import type { Project } from '../project.ts'
import type { CommandLane, CommandSession } from './command-session.ts'
import { exitCodeOf } from './exit-code.ts'
import { type CommandIo, ownIo } from './io.ts'
import { createLaneOutput } from './lane-output.ts'
import type { RunCommandOptions, RunCommandResult } from './run-command.ts'
import type { Signals } from './signals.ts'
import { splitRun } from './split-run.ts'

/** What a run on lanes needs besides its options. */
export interface LanesOptions extends RunCommandOptions {
  readonly note: (text: string) => void
  readonly signals: Signals
}

/** Leases the lanes of a command, and runs it on each. */
export const runOnLanes = async (
  session: CommandSession,
  project: Project,
  options: LanesOptions,
): Promise<RunCommandResult> => {
  const { lanes: asked = 1, argv, split, note, signals, onReady, onOutput } = options
  const count = asked === 1 ? 1 : await possible(asked, session, note)
  const lanes = await Promise.all(
    Array.from({ length: count }, (_, index) => session.lease(`run-${index + 1}`)),
  )
  onReady?.()
  // The signal came between the lease and the command.
  if (signals.early !== undefined) return { exitCode: exitCodeOf(signals.early) }
  const outputs = lanes.map(({ name }) => createLaneOutput(name, lanes, note, onOutput))
  const failed = new Map<CommandLane, readonly string[]>()
  const run: RunOn = async (index, words) => {
    const lane = lanes[index] as CommandLane
    const io: CommandIo = count === 1 ? { ...ownIo(), note } : (outputs[index] as CommandIo)
    const exitCode = await lane.run(words, io, {
      MESOCOSM_LANE_INDEX: String(index),
      MESOCOSM_LANES: String(count),
    })
    if (exitCode !== 0) failed.set(lane, words)
    return exitCode
  }
  try {
    if (split === undefined) {
      const codes = await Promise.all(lanes.map((_, index) => run(index, argv)))
      return { exitCode: Math.max(...codes) }
    }
    const { argv: words, cwd = process.cwd() } = options
    const names = lanes.map(({ name }) => name)
    return await splitRun({ argv: words, pattern: split, cwd, root: project.root }, names, run, {
      note,
      folder: session.facts.folder,
      isOver: () => signals.taken,
    })
  } finally {
    for (const output of outputs) output.flush()
    // Who ends a command by a signal has seen enough.
    if (!signals.taken) for (const [lane, words] of failed) await lane.keep(words)
  }
}

/** Runs a command on the lane with this index; returns its exit code. */
export type RunOn = (index: number, argv: readonly string[]) => Promise<number>

// ---

const possible = async (
  asked: number,
  { spec }: CommandSession,
  note: (text: string) => void,
): Promise<number> => {
  await using runtime = await openRuntime()
  const { cpus, memoryBytes } = await runtime.info()
  const services = Object.values(spec.services)
    .filter(({ share }) => share !== 'run')
    .map(({ memoryMiB }) => memoryMiB)
  const { lanes, why } = boundLanes(asked, { cpus, memoryBytes, services })
  if (why !== undefined) note(why)
  return lanes
}
