import { timedOut } from '../call/deadline.ts'
import { pause } from '../call/pause.ts'
import { connectTo } from '../client/session/connect.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import { openRuntime } from '../open/open-runtime.ts'
import { readRunFile } from '../protocol/run-access.ts'
import { ownWarmRun, type RunDir } from '../protocol/run-dir.ts'
import { label } from '../runtime/labels.ts'
import { observeRun, runDirs } from './runs.ts'

/** Options of {@link down}. */
export interface DownOptions {
  /**
   * Also ends runs of tests that are in progress. Default false: only the warm run, and runs that no test uses any more
   * and that only keep lanes of failed tests.
   */
  readonly all?: boolean
  /** Name of the run to end instead; default `MESOCOSM_RUN`. */
  readonly run?: string
}

/** A run that was ended. */
export interface DownResult {
  /** `warm`, the process id of a test runner, or the value of `MESOCOSM_RUN`. */
  readonly who: string
  /** Run id; `undefined` for a supervisor of another version. */
  readonly run: string | undefined
  /** How long it took. */
  readonly ms: number
}

/**
 * Ends runs of a project and waits until everything they created is removed.
 *
 * @returns the runs that were live.
 * @throws {MesocosmError} `ENGINE_FAILED` when something could not be removed, `TIMEOUT`.
 */
export const down = async (root: string, options: DownOptions = {}): Promise<DownResult[]> => {
  const named = options.run ?? process.env.MESOCOSM_RUN
  const found = await Promise.all(
    runDirs(root).map(async (one) => {
      const isWanted = options.all || one.who === (named ?? ownWarmRun())
      return isWanted || (named === undefined && (await onlyKeeps(root, one.who))) ? [one] : []
    }),
  )
  const live = found.flat()
  const ended = await Promise.all(
    live.map(async ({ who, runDir }) => {
      const start = performance.now()
      const end = await endAt(runDir, root)
      return end === undefined ? [] : [{ who, run: end.run, ms: performance.now() - start }]
    }),
  )
  await assertGone(ended.flat().flatMap(({ run }) => run ?? []))
  return ended.flat()
}

// ---

/** Whether no test uses a run any more, and it stays only for the lanes that failed tests left. */
const onlyKeeps = async (root: string, who: string): Promise<boolean> => {
  const run = await observeRun(root, who).catch(unlessOther)
  if (run === undefined) return false
  const { caller } = run.session
  try {
    const view = await caller.call('ps', {})
    return !view.inUse && view.lanes.some(({ state }) => state === 'kept')
  } catch (error) {
    unlessGone(error)
    return false
  } finally {
    caller.close()
  }
}

/** What speaks another version keeps no lanes that this one knows of. */
const unlessOther = (error: unknown): undefined => {
  if (!isMesocosmError(error) || error.code !== 'PROTOCOL') throw error
}

const endAt = async (
  runDir: RunDir,
  root: string,
): Promise<{ readonly run: string | undefined } | undefined> => {
  try {
    const session = await connectTo(runDir, { root, client: 'mesocosm down', observer: true })
    if (session === undefined) return undefined
    const { caller, facts } = session
    // The supervisor answers by closing the connection.
    await caller.call('down', {}).catch(unlessGone)
    return { run: facts.run }
  } catch (error) {
    if (!isMesocosmError(error) || error.code !== 'PROTOCOL') throw error
    // A supervisor of another version; every version shuts down on SIGTERM.
    await endBySignal(runDir)
    return { run: undefined }
  }
}

const endBySignal = async (runDir: RunDir): Promise<void> => {
  const { liveness, readIdentity } = await import('../supervisor/owner-identity.ts')
  const owner = readIdentity(readRunFile(runDir, 'owner') ?? '')
  if (owner === undefined || liveness(owner) !== 'alive') return
  process.kill(owner.pid, 'SIGTERM')
  const deadline = performance.now() + 60_000
  while (liveness(owner) === 'alive') {
    if (performance.now() > deadline) throw stillRuns(owner.pid)
    await pause(50)
  }
}

// The supervisor removes everything; the engine knows whether it could.
const assertGone = async (runs: readonly string[]): Promise<void> => {
  if (runs.length === 0) return
  await using runtime = await openRuntime()
  for (const run of runs) {
    const { containers, networks, volumes } = await runtime.list({ [label.run]: run })
    const count = containers.length + networks.length + volumes.length
    if (count > 0) throw notGone(run, count)
  }
}

const unlessGone = (error: unknown) => {
  if (!isMesocosmError(error) || error.code !== 'SUPERVISOR_GONE') throw error
}

const notGone = (run: string, count: number) =>
  new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `${count} resources of run ${run} could not be removed`,
    remedy: 'check the log of the engine, then run `mesocosm gc`',
    facts: { run, count },
  })

const stillRuns = (pid: number) =>
  timedOut(`the exit of the supervisor, process ${pid}, after SIGTERM`, 60_000, {
    remedy: 'kill it, then run `mesocosm gc`',
    facts: { pid },
  })
