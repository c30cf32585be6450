import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { Deadline } from '../../call/deadline.ts'
import { pause, settledWithin, settledWithinRealTime } from '../../call/pause.ts'
import type { ExecError } from '../../errors/exec-error.ts'
import { type ExecRequest, type ExecResult, truncatedField } from '../../model/exec.ts'
import {
  abortedBefore,
  abortedMeanwhile,
  type ExecFailure,
  execError,
  timedOut,
} from '../../runtime/errors.ts'
import { createExecOutput, type ExecOutput } from '../../runtime/exec-output.ts'
import type { ExecOptions } from '../../runtime/running-program.ts'
import type { ExecJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError } from '../api/errors.ts'
import { createDemux } from '../api/frames.ts'
import { envList } from '../container/create-body.ts'
import { type ExecPrograms, execPath } from './exec-program.ts'
import { killExec, type MarkedExec } from './kill.ts'
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

  using limit = new Deadline('the program', options)
  const { signal } = limit
  const start: ExecStart = { id: undefined }
  const opening = open({ api, programs }, container, request, { mark, fail, signal, start })
  const read = opening.then(({ stream }) => readOutput(stream, request.tty === true, output))
  // The engine may not answer, or answer after the caller has given up.
  const isSettled = await settledWithin(read, undefined, signal)
  if (!isSettled || (limit.passed && start.id === undefined)) {
    const unkilled =
      start.id === undefined
        ? undefined
        : await killed(api, { container, id: start.id, mark, user: request.user })
    if (unkilled === undefined && start.id !== undefined) await settledWithinRealTime(read, killMs)
    void opening.then(
      ({ stream }) => stream.destroy(),
      () => undefined,
    )
    const end =
      start.id === undefined
        ? 'was not started'
        : unkilled === undefined
          ? 'was killed'
          : `could not be killed (${unkilled})`
    throw fail(
      options.signal?.aborted
        ? abortedMeanwhile(options.signal.reason, end)
        : timedOut(options.timeoutMs, end),
    )
  }
  const fault = await read
  const { id } = await opening
  if (fault !== undefined) {
    const unkilled = await killed(api, { container, id, mark, user: request.user })
    const end = unkilled === undefined ? 'was killed' : `could not be killed (${unkilled})`
    throw fail({
      code: 'ENGINE_FAILED',
      what: `${end} because the connection to the engine broke: ${fault}`,
      remedy: 'run it again; its output is incomplete',
    })
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

/** How long the engine may take to kill a program, and to end its output. */
const killMs = 2_000

interface Opened {
  /** Of the exec, not of the container. */
  readonly id: string
  readonly stream: Duplex
}

interface OpenOptions {
  /** By which its processes are found. */
  readonly mark: string
  readonly fail: Fail
  readonly signal: AbortSignal
  readonly start: ExecStart
}

interface ExecStart {
  /** The engine's id of the exec; set when the engine may have started the program. */
  id: string | undefined
}

/** Starts the program and passes on its input. After the signal it is not started any more. */
const open = async (
  { api, programs }: ExecEngine,
  container: string,
  request: ExecRequest,
  { mark, fail, signal, start }: OpenOptions,
): Promise<Opened> => {
  const id = await createExec({ api, programs }, container, request, { mark, signal })
  signal.throwIfAborted()
  start.id = id
  const stream = await startExec(api, id, request, fail)
  if (request.stdin !== undefined) stream.write(request.stdin)
  if (request.stdin !== undefined) stream.end()
  return { id, stream }
}

/** Kills the program; returns why that failed. */
const killed = async (api: EngineApi, exec: MarkedExec): Promise<string | undefined> => {
  const killing = killExec(api, exec)
  const inTime = await settledWithinRealTime(killing, killWithinMs)
  return inTime ? killing : `the engine did not answer within ${killWithinMs} ms`
}

/** The kill looks for a program that is being started for 5 s. With `killMs`, it is less than what clients wait. */
const killWithinMs = 5_500

const textsOf = (output: ExecOutput) => ({
  stdout: output.text('stdout'),
  stderr: output.text('stderr'),
})

const createExec = async (
  { api, programs }: ExecEngine,
  container: string,
  request: ExecRequest,
  { mark, signal }: Pick<OpenOptions, 'mark' | 'signal'>,
): Promise<string> => {
  const hasInput = request.stdin !== undefined
  const body = {
    AttachStdin: hasInput,
    AttachStdout: true,
    AttachStderr: true,
    Tty: request.tty ?? false,
    // The input of a terminal has no end.
    Cmd: [execPath, hasInput && !request.tty ? 'feed' : 'run', mark, ...request.argv],
    Env: envList(request.env ?? {}),
    ...(request.user === undefined ? {} : { User: request.user }),
    ...(request.cwd === undefined ? {} : { WorkingDir: request.cwd }),
  }
  try {
    await programs.place(container)
    const path = `/containers/${segment(container)}/exec`
    return (await api.json<{ Id: string }>('POST', path, { body, signal })).Id
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

/** Reads the output to its end; returns why it is incomplete, if so. */
const readOutput = (
  stream: Duplex,
  tty: boolean,
  output: ExecOutput,
): Promise<string | undefined> => {
  const demux = createDemux((chunk) => output.add(chunk))
  let isInFrame = false
  stream.on('data', (bytes: Buffer) => {
    if (tty) output.add({ stream: 'stdout', bytes })
    else isInFrame = demux(bytes)
  })
  return new Promise((resolve) => {
    const end = () => resolve(isInFrame ? 'it ended within a frame' : undefined)
    stream.on('end', end)
    stream.on('close', end)
    stream.on('error', (error) => resolve(detailOf(error)))
  })
}

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
