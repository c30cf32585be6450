import { type AttachLines, attachLines } from '../debug/attach-lines.ts'
import { attachText } from '../debug/attach-text.ts'
import type { DebugFacts } from '../model/debug-facts.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { theRun } from './runs.ts'

/** Options of {@link debugService}. */
export interface DebugServiceOptions extends Omit<LaneChoice, 'topology'> {
  /** Name of the run; default the warm run, else the only one. */
  readonly run?: string | undefined
  /**
   * `on` lets debuggers attach until `off` or the end of the lane, over all resets; `break` also starts the program
   * again so that it waits at its first line, and again at each later start. Default `on`.
   */
  readonly debug?: 'on' | 'break' | 'off'
  /** Port of this machine; default the usual one of the language, or one near it. */
  readonly port?: number | undefined
  /** Called when debuggers can connect, before a program that waits for one goes on. */
  readonly onOpen?: (debugged: DebuggedService) => void
}

/** Where debuggers reach a service, and how they attach. */
export interface DebuggedService extends DebugFacts {
  /** How to attach, by the tool: a command line, an address or an instruction. */
  readonly attach: AttachLines
}

/**
 * Lets debuggers attach to a service of a live run, even while a test holds its lane.
 *
 * @returns when the service runs like this; with `break`, when a debugger has let it go on.
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE`, `SERVICE_UNKNOWN`, `DEBUGGER_UNAVAILABLE`, `PORT_TAKEN`, and what a
 * start can throw.
 */
export const debugService = async (
  project: Project,
  service: string,
  { run: named, lane, debug = 'on', port, onOpen }: DebugServiceOptions = {},
): Promise<DebuggedService> => {
  const { caller } = (await theRun(project.root, named)).session
  try {
    const view = await caller.call('ps', {})
    const at = laneOf(view, [service], { lane, topology: project.topology?.name })
    const where = { lane: at.lane, service }
    const opened = await caller.call('debugPort', {
      ...where,
      ...(port === undefined ? {} : { port }),
    })
    const { isNew: _, ...facts } = opened
    const debugged = { ...facts, attach: attachLines(facts.kind, facts.port) }
    if (debug !== 'off') onOpen?.(debugged)
    await caller.call('debugForRun', { ...where, debug }, { what: `debugging ${service}` })
    return debugged
  } finally {
    caller.close()
  }
}

/** Returns what a person needs to attach a debugger: the address, and a line for each tool. */
export const debuggedText = (debugged: DebugFacts): string => attachText(debugged)
