import { type ChildProcess, spawn } from 'node:child_process'
import { exitCodeOf } from './exit-code.ts'
import type { CommandIo } from './io.ts'
import type { Signals } from './signals.ts'

/** A command to run as a process of this machine. */
export interface HostCommand {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Runs a command as a child of this process and waits for its end.
 *
 * At a terminal it stays in the process group of this process, to which the terminal sends Ctrl-C and Ctrl-Z: then it
 * can read the terminal, and SIGINT is not sent twice. Elsewhere it gets a group of its own, and all of the group get
 * every signal, as at a terminal.
 *
 * @returns its exit code; 128 and the number of the signal that ended it; 127 if it is missing, 126 if it cannot run.
 */
export const runOnHost = async (
  { argv, cwd, env }: HostCommand,
  io: CommandIo,
  signals: Signals,
): Promise<number> => {
  const [program = '', ...args] = argv
  const sharesGroup = io.kind === 'own' && io.stdin.isTTY === true
  const child = spawn(program, args, {
    cwd,
    env,
    detached: !sharesGroup && process.platform !== 'win32',
    stdio: io.kind === 'own' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  })
  if (io.kind === 'lines')
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.on('data', (bytes: Buffer) => io.write(stream, bytes))
  using _taking = signals.to((signal) => send(child, signal, sharesGroup))
  return await new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      io.note(`${program}: ${error.code === 'ENOENT' ? 'command not found' : error.message}`)
      resolve(error.code === 'ENOENT' ? 127 : 126)
    })
    child.once('close', (code, signal) => resolve(code ?? exitCodeOf(signal)))
  })
}

// ---

/** Sent by the terminal to the whole group. */
const ofTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

const send = (child: ChildProcess, signal: NodeJS.Signals, sharesGroup: boolean): void => {
  if (child.pid === undefined) return
  if (sharesGroup && ofTerminal.includes(signal)) return
  if (sharesGroup || process.platform === 'win32') child.kill(signal)
  else killGroup(child.pid, signal)
}

const killGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // It has just ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
