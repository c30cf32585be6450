import { waitClock } from '../../call/wait-clock.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { type ExecRequest, type ExecResult, truncatedField } from '../../model/exec.ts'
import {
  abortedBefore,
  abortedMeanwhile,
  type ExecFailure,
  execError,
  programMissing,
  timedOut,
} from '../errors.ts'
import type { ExecOptions } from '../running-program.ts'
import type { MemoryContainer } from './container.ts'

// The port's limit in bytes; equal to the number of characters for ASCII.
const maxLength = 10 * 2 ** 20

/** Runs one of the image's commands; see `Runtime.exec`. */
export const execIn = async (
  container: MemoryContainer | undefined,
  request: ExecRequest,
  { signal, timeoutMs }: ExecOptions,
): Promise<ExecResult> => {
  const startedAt = performance.now()
  const output = { stdout: '', stderr: '' }
  const truncated = { stdout: false, stderr: false }
  const fail = (failure: ExecFailure) => execError(request, output, failure)
  if (signal?.aborted) throw fail(abortedBefore(signal.reason))
  if (container?.state().status !== 'running') throw notRunning(request, container)
  const command = container.image.exec?.[request.argv[0] ?? '']
  if (command === undefined) throw fail(programMissing)

  const over = new AbortController()
  const running = Promise.resolve(
    command({
      ...container.commonContext(request.argv, request),
      stdin: request.stdin ?? '',
      over: over.signal,
      print: (text, stream = 'stdout') => {
        if (over.signal.aborted) return
        const whole = output[stream] + text
        output[stream] = whole.slice(0, maxLength)
        if (whole.length > maxLength) truncated[stream] = true
      },
    }),
  )
  const outcome = await firstOf(running, signal, timeoutMs)
  if (outcome.kind === 'ended') {
    const durationMs = performance.now() - startedAt
    return { exitCode: outcome.exitCode ?? 0, ...output, durationMs, ...truncatedField(truncated) }
  }
  over.abort()
  // Killed: its result no longer matters.
  running.catch(() => undefined)
  throw fail(outcome.kind === 'timeout' ? timedOut(timeoutMs) : abortedMeanwhile(signal?.reason))
}

// ---

type Outcome =
  | { readonly kind: 'ended'; readonly exitCode: number | undefined }
  | { readonly kind: 'timeout' | 'aborted' }

const firstOf = (
  running: Promise<number | undefined>,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const onAbort = () => resolve({ kind: 'aborted' })
    const timer =
      timeoutMs === undefined
        ? undefined
        : waitClock.timer(timeoutMs, () => resolve({ kind: 'timeout' }))
    signal?.addEventListener('abort', onAbort)
    running
      .then((exitCode) => resolve({ kind: 'ended', exitCode }), reject)
      .finally(() => {
        timer?.[Symbol.dispose]()
        signal?.removeEventListener('abort', onAbort)
      })
  })

const notRunning = (
  request: ExecRequest,
  container: MemoryContainer | undefined,
): MesocosmError => {
  const status = container?.state().status ?? 'removed'
  return new MesocosmError({
    code: 'SERVICE_NOT_RUNNING',
    message: `\`${request.argv.join(' ')}\` could not be run: the container is ${status}`,
    remedy: status === 'paused' ? 'unpause the service first' : 'start the service first',
    facts: { argv: request.argv },
  })
}
