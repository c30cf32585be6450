import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { Deadline } from '../call/deadline.ts'
import { settledWithin, settledWithinRealTime } from '../call/pause.ts'
import type { ExecError } from '../errors/exec-error.ts'
import { messageOf } from '../errors/unknown-error.ts'
import { type ExecRequest, type ExecResult, truncatedField } from '../model/exec.ts'
import {
  abortedBefore,
  abortedMeanwhile,
  type ExecFailure,
  execError,
  programMissing,
  timedOut,
} from '../runtime/errors.ts'
import { createExecOutput } from '../runtime/exec-output.ts'
import type { ExecOptions } from '../runtime/running-program.ts'
import { notRunning } from './errors.ts'
import { findProgram } from './find-program.ts'
import { exitCodeOfSignal } from './limits.ts'
import { groupLedBy, killProcesses } from './process-group.ts'
import type { ProcessProgram } from './process-program.ts'

/** Runs a command where a program runs: in its folder and with its environment; see `Runtime.exec`. */
export const execIn = async (
  program: ProcessProgram | undefined,
  request: ExecRequest,
  options: ExecOptions = {},
): Promise<ExecResult> => {
  const startedAt = performance.now()
  const output = createExecOutput()
  const texts = () => ({ stdout: output.text('stdout'), stderr: output.text('stderr') })
  const fail = (failure: ExecFailure) => execError(request, texts(), failure)
  if (options.signal?.aborted) throw fail(abortedBefore(options.signal.reason))
  if (program?.status !== 'running') throw notRunning(request, program?.status ?? 'removed')

  using limit = new Deadline('the program', options)
  const mark = `${execMark}=${randomUUID()}`
  const child = spawnIn(program, request, mark, fail)
  child.stdout?.on('data', (bytes: Buffer) => output.add({ stream: 'stdout', bytes }))
  child.stderr?.on('data', (bytes: Buffer) => output.add({ stream: 'stderr', bytes }))
  // A program may end without reading its input to the end.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(request.stdin ?? '')
  const started = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined))
    child.once('error', resolve)
  })
  if (started !== undefined)
    throw fail({ code: 'ENGINE_FAILED', what: `could not be run: ${messageOf(started)}` })
  const group = groupLedBy(child.pid as number)
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? exitCodeOfSignal(signal ?? 'SIGKILL')))
  })
  if (!(await settledWithin(ended, undefined, limit.signal))) {
    const left = await killProcesses(group, mark)
    await settledWithinRealTime(ended, outputMs)
    const end = left.length === 0 ? 'was killed' : `could not be killed (${left.join(', ')})`
    throw fail(
      options.signal?.aborted
        ? abortedMeanwhile(options.signal.reason, end)
        : timedOut(options.timeoutMs, end),
    )
  }
  const exitCode = await ended
  const durationMs = performance.now() - startedAt
  return { exitCode, ...texts(), durationMs, ...truncatedField(output.truncated()) }
}

// ---

/** Variable by which the processes of a command are found. */
const execMark = 'MESOCOSM_EXEC'

/** How long the output of a killed command may take to end. */
const outputMs = 2_000

const spawnIn = (
  program: ProcessProgram,
  request: ExecRequest,
  mark: string,
  fail: (failure: ExecFailure) => ExecError,
): ChildProcess => {
  const [name = '', ...args] = request.argv
  const cwd = resolve(program.cwd, request.cwd ?? '.')
  const env = { ...program.env, ...request.env, [execMark]: mark.slice(execMark.length + 1) }
  if (request.tty === true)
    throw fail({
      code: 'RUNTIME_UNSUPPORTED',
      what: 'could not be run: a process of this machine gets no terminal',
      remedy: 'leave out `tty`, or use a container engine',
    })
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw fail({
      code: 'EXEC_NOT_FOUND',
      what: `could not be run: the folder ${cwd} is missing`,
      remedy: 'check `cwd` of the call',
    })
  const path = findProgram(name, { cwd, env })
  if (path === undefined)
    throw fail({
      ...programMissing,
      what: 'could not be run: the program is missing on this machine',
      remedy: `install ${name}, or check its name; shell syntax needs ['sh', '-c', …]`,
    })
  return spawn(path, args, { argv0: name, cwd, env, detached: true, ...userOf(request, fail) })
}

/** Root can run commands as any user by its number, others only as themselves. */
const userOf = (
  { user }: ExecRequest,
  fail: (failure: ExecFailure) => ExecError,
): { readonly uid?: number; readonly gid?: number } => {
  if (user === undefined) return {}
  const own = userInfo()
  const [uid = '', gid] = user.split(':')
  if (uid === own.username || uid === String(own.uid)) return {}
  const isNumeric = [uid, gid ?? '0'].every((part) => /^\d+$/.test(part))
  if (own.uid === 0 && isNumeric) return { uid: Number(uid), gid: Number(gid ?? uid) }
  throw fail({
    code: 'RUNTIME_UNSUPPORTED',
    what: `could not be run: a process of this machine runs as ${own.username}, not as ${user}`,
    remedy: 'leave out `user`, or use a container engine',
  })
}
