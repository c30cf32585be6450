import type { SplitSummary } from '../../balance/split-summary.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import type { Project } from '../project.ts'
import { type CommandPlace, type CommandSession, openCommandSession } from './command-session.ts'
import { exitCodeOf } from './exit-code.ts'
import { ownIo } from './io.ts'
import { runOnLanes } from './run-on-lanes.ts'
import { openSignals } from './signals.ts'

/** Options of {@link runCommand}. */
export interface RunCommandOptions extends CommandPlace {
  /** Program and arguments, one string each; no shell. With `split`, `{files}` stands for the files of a lane. */
  readonly argv: readonly string[]
  /** Lanes on which the command runs at once, as far as the engine has CPUs and memory for them. Default 1. */
  readonly lanes?: number
  /** Pattern of test files to distribute over the lanes, relative to the working folder. */
  readonly split?: string
  /** Called once with the topology, before anything is started. */
  readonly onSpec?: (spec: TopologySpec) => void
  /** Called for everything that happens while services start. */
  readonly onEvent?: (event: RunEvent) => void
  /** Called when the services are ready, before the command starts. */
  readonly onReady?: () => void
  /** Called with each sentence for the user; default it is printed to stderr. */
  readonly onNote?: (text: string) => void
  /** Called with the output of several lanes, whole lines where possible. Default it is printed with the lane's name. */
  readonly onOutput?: (lane: string, stream: 'stdout' | 'stderr', text: string) => void
}

/** How a command ended. */
export interface RunCommandResult {
  /** Exit code of the command, of several the highest; 128 and the number of a signal that ended it. */
  readonly exitCode: number
  /** Times of a run with `split`. */
  readonly summary?: SplitSummary
}

/**
 * Runs a command of any language with the services of a lane, whose addresses are in its environment. Takes the input,
 * the output and the signals of this process. When it returns, the lane is given back, and a run that nothing else uses
 * is removed.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `SERVICE_UNKNOWN`, `ARGUMENT_INVALID`, every error of a start;
 * `RUNTIME_UNSUPPORTED` if the engine cannot mount the project.
 */
export const runCommand = async (
  project: Project,
  options: RunCommandOptions,
): Promise<RunCommandResult> => {
  using signals = openSignals()
  const note = options.onNote ?? ownIo().note
  const { onSpec, onEvent } = options
  let session: CommandSession | undefined
  let isClean = false
  try {
    session = await openCommandSession(project, options, {
      signals,
      note,
      ...(onSpec === undefined ? {} : { onSpec }),
      ...(onEvent === undefined ? {} : { onEvent }),
    })
    const result = await runOnLanes(session, project, { ...options, note, signals })
    isClean = result.exitCode < 128
    return result
  } catch (error) {
    const { early } = signals
    if (early !== undefined && isMesocosmError(error) && error.code === 'ABORTED')
      return { exitCode: exitCodeOf(early) }
    throw error
  } finally {
    await session?.end(isClean ? 'light' : 'deep')
  }
}
