import { readFileSync } from 'node:fs'
import { connectTo } from '../client/connect.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import type { RunDir } from '../protocol/run-dir.ts'
import { label } from '../runtime/labels.ts'
import { openRuntime } from './open-runtime.ts'
import { ownRun, runDirs } from './runs.ts'

export interface EndRunsOptions {
  /** Also runs of tests that are under way. Default only the warm one. */
  readonly all?: boolean
  /** Which one instead of the warm one. */
  readonly run?: string
}

/** A run that was ended. */
export interface EndedRun {
  readonly who: string
  /** Run id, where it could be asked. */
  readonly run: string | undefined
  readonly ms: number
}

/**
 * Ends runs of a project and waits until all they made is gone.
 *
 * @returns those that were there.
 * @throws {MesocosmError} `ENGINE_FAILED` when something is still there.
 */
export const endRuns = async (root: string, options: EndRunsOptions = {}): Promise<EndedRun[]> => {
  const wanted = options.run ?? ownRun()
  const live = runDirs(root).filter(({ who }) => options.all || who === wanted)
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

const endAt = async (
  runDir: RunDir,
  root: string,
): Promise<{ readonly run: string | undefined } | undefined> => {
  try {
    const session = await connectTo(runDir, { root, client: 'mesocosm down', observer: true })
    if (session === undefined) return undefined
    const { caller, facts } = session
    // The answer is the end of the connection.
    await caller.call('down', {}).catch(unlessGone)
    return { run: facts.run }
  } catch (error) {
    if (!isMesocosmError(error) || error.code !== 'PROTOCOL') throw error
    // It speaks another version, but like all of them it ends in order on SIGTERM.
    await endBySignal(runDir)
    return { run: undefined }
  }
}

const endBySignal = async (runDir: RunDir): Promise<void> => {
  const { liveness, readIdentity } = await import('../supervisor/owner-identity.ts')
  const owner = readIdentity(readFileSync(runDir.owner, 'utf8'))
  if (owner === undefined || liveness(owner) !== 'alive') return
  process.kill(owner.pid, 'SIGTERM')
  const deadline = performance.now() + 60_000
  while (liveness(owner) === 'alive') {
    if (performance.now() > deadline) throw stillRuns(owner.pid)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The supervisor removes what it made; whether it could, only the engine knows. */
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
    message: `${count} things of run ${run} could not be removed`,
    remedy: 'see what the engine says about them; `mesocosm gc` tries again',
    facts: { run, count },
  })

const stillRuns = (pid: number) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `the supervisor, process ${pid}, did not end within 60 s of SIGTERM`,
    remedy: `end it yourself, then remove what it left with \`mesocosm gc\``,
    facts: { pid },
  })
