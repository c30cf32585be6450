import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { pause } from '../../call/pause.ts'
import type { ExecError } from '../../errors/exec-error.ts'
import { type ExecRequest, type ExecResult, truncatedField } from '../../model/exec.ts'
import {
  abortedBefore,
  abortedMeanwhile,
  type ExecFailure,
  execError,
  timedOut,
} from '../../runtime/errors.ts'
import type { ExecOptions } from '../../runtime/runtime.ts'
import type { ExecJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError } from '../api/errors.ts'
import { createDemux } from '../api/frames.ts'
import { envList } from '../container/create-body.ts'
import { type ExecPrograms, execPath } from './exec-program.ts'
import { killExec } from './kill.ts'
import { createExecOutput, type ExecOutput } from './output.ts'
import { refusalOf } from './refusal.ts'

/** What {@link execIn} works with. */
export interface ExecEngine {
  readonly api: EngineApi
  readonly programs: ExecPrograms
}

/** Runs a program in a running container and waits for it to end; see `Runtime.exec`. */
export const execIn = async (
  { api, programs }: ExecEngine,
  container: string,
  request: ExecRequest,
  options: ExecOptions = {},
): Promise<ExecResult> => {
  const startedAt = performance.now()
  const mark = randomUUID()
  const output = createExecOutput()
  const fail: Fail = (failure) => execError(request, textsOf(output), failure)
  if (options.signal?.aborted) throw fail(abortedBefore(options.signal.reason))

  const id = await createExec({ api, programs }, container, request, mark)
  const stream = await startExec(api, id, request, fail)
  const ended = readOutput(stream, request.tty === true, output)
  if (request.stdin !== undefined) stream.write(request.stdin)
  if (request.stdin !== undefined) stream.end()

  const outcome = await firstOf(ended, options)
  if (outcome !== 'ended') {
    const unkilled = await killExec(api, { container, id, mark, user: request.user })
    if (unkilled === undefined) await firstOf(ended, { timeoutMs: 2_000 })
    stream.destroy()
    const end = unkilled === undefined ? 'was killed' : `could not be killed (${unkilled})`
    throw fail(
      outcome === 'timeout'
        ? timedOut(options.timeoutMs, end)
        : abortedMeanwhile(options.signal?.reason, end),
    )
  }
  const exitCode = await exitCodeOf(api, id)
  const texts = textsOf(output)
  const refusal = exitCode >= 126 ? refusalOf(`${texts.stdout}${texts.stderr}`) : undefined
  if (refusal !== undefined) throw fail(refusal)
  const durationMs = performance.now() - startedAt
  return { exitCode, ...texts, durationMs, ...truncatedField(output.truncated()) }
}

// ---

type Fail = (failure: ExecFailure) => ExecError

const textsOf = (output: ExecOutput) => ({
  stdout: output.text('stdout'),
  stderr: output.text('stderr'),
})

const createExec = async (
  { api, programs }: ExecEngine,
  container: string,
  request: ExecRequest,
  mark: string,
): Promise<string> => {
  const body = {
    AttachStdin: request.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Tty: request.tty ?? false,
    Cmd: [execPath, 'run', mark, ...request.argv],
    Env: envList(request.env ?? {}),
    ...(request.user === undefined ? {} : { User: request.user }),
    ...(request.cwd === undefined ? {} : { WorkingDir: request.cwd }),
  }
  try {
    await programs.place(container)
    const path = `/containers/${segment(container)}/exec`
    return (await api.json<{ Id: string }>('POST', path, { body })).Id
  } catch (error) {
    throw engineError(error, `\`${request.argv.join(' ')}\` could not be run`, {
      argv: request.argv,
    })
  }
}

const startExec = async (
  api: EngineApi,
  id: string,
  request: ExecRequest,
  fail: Fail,
): Promise<Duplex> => {
  try {
    return await api.hijack(`/exec/${id}/start`, {
      body: { Detach: false, Tty: request.tty ?? false },
    })
  } catch (error) {
    const text = detailOf(error)
    const refusal = refusalOf(text)
    if (refusal !== undefined) throw fail(refusal)
    throw engineError(error, `\`${request.argv.join(' ')}\` could not be run`, {
      argv: request.argv,
    })
  }
}

const readOutput = (stream: Duplex, tty: boolean, output: ExecOutput): Promise<void> => {
  const onData = tty
    ? (bytes: Buffer) => output.add({ stream: 'stdout', bytes })
    : createDemux((chunk) => output.add(chunk))
  stream.on('data', onData)
  return new Promise((resolve) => {
    stream.on('end', resolve)
    stream.on('close', resolve)
    // `exitCodeOf` reports a broken connection.
    stream.on('error', () => resolve())
  })
}

/** Waits for the first of end, timeout and abort; leaves no timer or listener behind. */
const firstOf = (
  ended: Promise<void>,
  { signal, timeoutMs }: ExecOptions,
): Promise<'ended' | 'timeout' | 'aborted'> =>
  new Promise((resolve) => {
    const onAbort = () => settle('aborted')
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => settle('timeout'), timeoutMs)
    const settle = (outcome: 'ended' | 'timeout' | 'aborted') => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(outcome)
    }
    signal?.addEventListener('abort', onAbort)
    // It may have been aborted while the program was started: then no event comes.
    if (signal?.aborted) onAbort()
    void ended.then(() => settle('ended'))
  })

// The output may end slightly before the engine has the exit code.
const exitCodeOf = async (api: EngineApi, id: string): Promise<number> => {
  const deadline = performance.now() + 5_000
  for (;;) {
    try {
      const { Running: running, ExitCode: exitCode } = await api.json<ExecJson>(
        'GET',
        `/exec/${id}/json`,
      )
      if (!running && exitCode !== null) return exitCode
    } catch (error) {
      throw engineError(error, 'the program ended with its service', {}, 'SERVICE_NOT_RUNNING')
    }
    if (performance.now() > deadline) {
      throw engineError(
        new Error('timed out after 5 s'),
        'the engine has no exit code for a program that ended',
      )
    }
    await pause(5)
  }
}
