import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import { isDebuggerOpen } from '../../call/debugger-open.ts'
import { pause } from '../../call/pause.ts'
import { waitClock } from '../../call/wait-clock.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { codeOf } from '../../errors/unknown-error.ts'
import type { RunFacts } from '../../protocol/methods.ts'
import { isReachable, makeRunDir, readRunFile } from '../../protocol/run-access.ts'
import { ownWarmRun, type RunDir, runDirOf, runUserOf } from '../../protocol/run-dir.ts'
import { runDirFault } from '../../protocol/run-dir-fault.ts'
import { recordFolderOf } from '../../trace/write/record-folder.ts'
import { type Caller, createCaller } from './caller.ts'
import { beatWhileDebugged, followClock } from './follow-clock.ts'
import { greet } from './greet.ts'
import { nodeCommand } from './node-command.ts'
import { runnerSlot } from './runner-slot.ts'
import { supervisorProgram } from './supervisor-program.ts'

/** A connection to the supervisor of a run. */
export interface Session {
  readonly caller: Caller
  readonly facts: RunFacts
  readonly runDir: RunDir
  /** Name of the run, as commands take it with `--run`. */
  readonly who: string
}

/** Who connects, and for which project. */
export interface ConnectOptions {
  /** Folder the run belongs to. */
  readonly root: string
  /** Name of this client in `mesocosm ps`. */
  readonly client: string
  /** Watches without keeping the run alive. */
  readonly observer?: boolean
}

const startTimeoutMs = 20_000
const pollMs = 5

/**
 * Connects to the supervisor for this process: the one that `mesocosm up` keeps for the project, else the one of this
 * test run, which is started if it is missing. `MESOCOSM_RUN` names another run.
 */
export const connectOrStart = async (options: ConnectOptions): Promise<Session> => {
  const named = process.env.MESOCOSM_RUN
  if (named !== undefined) return startAt(runDirOf(options.root, named), options)
  const warm = await connectTo(runDirOf(options.root, ownWarmRun()), options)
  return warm ?? startAt(runDirOf(options.root, String(runnerSlot().runner)), options)
}

/**
 * Connects to a running supervisor; `undefined` if there is none. Nothing is sent before the run directory is known
 * to be of this user and the supervisor has proved that it knows the token in it.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE`, `PROTOCOL`, and the error of a supervisor that has no engine.
 */
export const connectTo = async (
  runDir: RunDir,
  options: Omit<ConnectOptions, 'root'> & {
    /** `undefined` for any project: nothing of its record is read or written. */
    readonly root: string | undefined
  },
): Promise<Session | undefined> => {
  if (!isReachable(runDir)) return undefined
  const socket = await open(runDir.socket)
  if (socket === undefined) return undefined
  const caller = createCaller(socket)
  followClock(caller)
  try {
    // Read only now: the token is that of the supervisor that listens, not of one that died before.
    const token = readRunFile(runDir, 'token')
    if (token === undefined) {
      caller.close()
      return undefined
    }
    const { client, observer } = options
    const facts = await greet(caller, {
      token,
      client,
      ...(observer === undefined ? {} : { observer }),
      debugged: !observer && isDebuggerOpen(),
      run: runDir,
      timeoutMs: startTimeoutMs,
    })
    if (options.root !== undefined) assertOwnRecord(facts, options.root)
    if (!observer) beatWhileDebugged(caller)
    return { caller, facts, runDir, who: runUserOf(runDir) }
  } catch (error) {
    caller.close()
    // It ended between the connection and the greeting, so there is none.
    if (isMesocosmError(error) && error.code === 'SUPERVISOR_GONE') return undefined
    throw error
  }
}

/** Connects to the supervisor of this run directory; starts it if there is none. */
export const startAt = async (runDir: RunDir, options: ConnectOptions): Promise<Session> => {
  const deadline = waitClock.now() + startTimeoutMs
  let started: StartedSupervisor | undefined
  for (;;) {
    const session = await connectTo(runDir, options)
    if (session !== undefined) return session
    makeRunDir(runDir)
    if (claimStart(runDir)) started = startSupervisor(runDir, options.root)
    if (started?.failed) throw diskFault(runDir) ?? unreachable(runDir, 'ended at its start')
    if (waitClock.now() > deadline)
      throw unreachable(runDir, `did not answer within ${startTimeoutMs} ms`)
    await pause(pollMs)
  }
}

// ---

/** This process writes and reads in that folder, so it must be the one of its own project. */
const assertOwnRecord = ({ run, folder }: RunFacts, root: string): void => {
  const own = recordFolderOf(root, run)
  if (own !== undefined && folder === own) return
  throw new MesocosmError({
    code: 'PROTOCOL',
    message: `the supervisor of run ${run} keeps its record in ${folder}, which is not a record of ${root}`,
    remedy: 'end it with `mesocosm down`',
    facts: { run, folder, root },
  })
}

const open = (path: string): Promise<Socket | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connectSocket(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const absent = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')
      if (absent) resolve(undefined)
      else reject(error)
    })
  })

/** Returns whether this client starts the supervisor. A claim expires, since the client that made it may have died. */
const claimStart = (runDir: RunDir): boolean => {
  const expiresAfterMs = 3_000
  try {
    writeFileSync(runDir.starting, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return false
    if (code !== 'EEXIST') {
      // On a full disk the file exists, empty; others would wait for it to expire.
      rmSync(runDir.starting, { force: true })
      throw runDirFault(runDir.starting, error)
    }
    const age =
      Date.now() - (statSync(runDir.starting, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    // Two clients that expire it at once start two supervisors, of which one wins the election.
    if (age > expiresAfterMs) rmSync(runDir.starting, { force: true })
    return false
  }
}

/** A supervisor process that this process has started. */
export interface StartedSupervisor {
  /** Whether it could not be started, or exited with an error. */
  readonly failed: boolean
}

/** Starts a supervisor process; also after one has died, so that its leftovers are removed at once. */
export const startSupervisor = (runDir: RunDir, root: string): StartedSupervisor => {
  const log = openLog(runDir.log)
  try {
    const [program, ...args] = nodeCommand([
      supervisorProgram(),
      '--run',
      runDir.name,
      '--root',
      root,
    ])
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log, log],
      // Options of the runner (inspector ports, loaders) must not apply to this process.
      env: withoutRunner(process.env),
      cwd: root,
    })
    const started = { failed: false }
    const fail = () => {
      started.failed = true
    }
    child.on('error', fail)
    // Exit code 0: another supervisor serves the run, or this one ended normally.
    child.on('exit', (code) => code !== 0 && fail())
    child.unref()
    return started
  } finally {
    closeSync(log)
  }
}

const openLog = (path: string): number => {
  try {
    return openSync(path, 'a', 0o600)
  } catch (error) {
    throw runDirFault(path, error)
  }
}

/** On a full disk a supervisor cannot even write why it ended: asks the disk. */
const diskFault = (runDir: RunDir): MesocosmError | undefined => {
  const file = join(runDir.folder, `probe-${process.pid}`)
  try {
    writeFileSync(file, 'x'.repeat(4_096), { mode: 0o600 })
    return undefined
  } catch (error) {
    // It moves its folder away when it ends.
    return codeOf(error) === 'ENOENT' ? undefined : runDirFault(runDir.folder, error)
  } finally {
    rmSync(file, { force: true })
  }
}

const withoutRunner = ({ NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env }: NodeJS.ProcessEnv) => env

const unreachable = (runDir: RunDir, what: string) => {
  const log = readTail(runDir.log)
  return new MesocosmError({
    code: 'SUPERVISOR_UNREACHABLE',
    message: `the supervisor of this run ${what}`,
    remedy: `read ${runDir.log}`,
    facts: { socket: runDir.socket, log: runDir.log },
    lastLogs: log,
  })
}

const readTail = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-20)
  } catch {
    return []
  }
}
