import { waitClock } from '../../call/wait-clock.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import { abortedMeanwhile, type ExecFailure, execError, timedOut } from '../../runtime/errors.ts'
import type { ExecOptions } from '../../runtime/running-program.ts'
import type { TaskImage } from '../image/task-images.ts'
import { createLineSplitter } from '../logs/split-lines.ts'
import type { EngineContext } from '../run/context.ts'

/** A container for one task. */
export interface TaskContainer {
  /** Unique name on the engine. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly image: TaskImage
  /** Id of the sandbox container whose network it joins. */
  readonly sandbox: string
  /** Working folder; default that of the image. */
  readonly workdir?: string
  /** Host names that it reaches without a proxy; default it gets no proxies. */
  readonly noProxy?: readonly string[]
  /** Called with each warning of the engine. */
  readonly onWarning: (text: string) => void
}

/** Lines of output that are kept for errors. */
const keptLines = 200

/**
 * Runs a program in a container of its own and waits for it to end; the container is removed in any case.
 *
 * @returns its exit code, and as `stdout` the last lines of both streams in the order of their arrival.
 * @throws {ExecError} `EXEC_TIMEOUT`, `ABORTED`; errors of the engine.
 */
export const runTaskContainer = async (
  context: EngineContext,
  { name, labels, image, sandbox, workdir, noProxy, onWarning }: TaskContainer,
  request: ExecRequest,
  { timeoutMs, signal }: ExecOptions,
): Promise<ExecResult> => {
  const { runtime, limit } = context
  const { argv, env = {}, user } = request
  const begun = performance.now()
  const output = createOutput()
  const exited = Promise.withResolvers<number>()
  exited.promise.catch(() => {})
  let id: string | undefined
  await using _watch = await runtime.watch(labels, (event) => {
    if (event.kind === 'engine-gone') exited.reject(new Error(event.reason))
    else if (event.container === id && event.kind === 'exited') exited.resolve(event.exitCode)
  })
  try {
    id = await limit(() =>
      runtime.create(
        {
          name,
          labels,
          image: image.image.reference,
          command: argv,
          env,
          files: image.files,
          network: { kind: 'joined', container: sandbox },
          ...(user === undefined ? {} : { user }),
          ...(workdir === undefined ? {} : { workdir }),
          ...(image.platform === undefined ? {} : { platform: image.platform }),
          ...(noProxy === undefined ? {} : { noProxy }),
        },
        { onWarning },
      ),
    )
    const created = id
    const { outputEnded } = await limit(() => runtime.start(created, output.push))
    const over = within(timeoutMs, signal, (failure) =>
      execError(request, { stdout: output.text(), stderr: '' }, failure),
    )
    try {
      const exitCode = await Promise.race([exited.promise, over.failure])
      await Promise.race([outputEnded, over.failure])
      const durationMs = Math.round(performance.now() - begun)
      return { exitCode, stdout: output.text(), stderr: '', durationMs }
    } finally {
      over.end()
    }
  } finally {
    if (id !== undefined) await runtime.remove('container', id)
  }
}

// ---

const createOutput = () => {
  const lines: string[] = []
  const splitters = { stdout: createLineSplitter(), stderr: createLineSplitter() }
  return {
    push({ stream, bytes }: { stream: 'stdout' | 'stderr'; bytes: Uint8Array }) {
      lines.push(...splitters[stream].push(bytes).map(({ text }) => text))
      if (lines.length > 2 * keptLines) lines.splice(0, lines.length - keptLines)
    },
    text: () =>
      [...lines, splitters.stdout.pending, splitters.stderr.pending]
        .filter((line, index) => index < lines.length || line !== '')
        .slice(-keptLines)
        .join('\n'),
  }
}

/** `failure` rejects when the time is over or the signal is aborted. */
const within = (
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
  errorOf: (failure: ExecFailure) => Error,
) => {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  const abort = () => reject(errorOf(abortedMeanwhile(signal?.reason)))
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  const late = () => reject(errorOf(timedOut(timeoutMs)))
  const timer = timeoutMs === undefined ? undefined : waitClock.timer(timeoutMs, late)
  return {
    failure: promise,
    end() {
      timer?.[Symbol.dispose]()
      signal?.removeEventListener('abort', abort)
    },
  }
}
