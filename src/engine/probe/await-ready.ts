import { pause } from '../../call/pause.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceLog } from '../logs/service-log.ts'
import type { Probe } from './target.ts'

/** How a program ended. */
export interface ExitFacts {
  readonly exitCode: number
  readonly outOfMemory: boolean
}

export interface ReadyWait {
  readonly service: string
  readonly lane: string
  readonly probe: Probe
  readonly log: ServiceLog
  /** Where the whole log lies, for the error. */
  readonly logPath: string
  /** Resolves when the program has ended and its last output was read. */
  readonly exited: Promise<ExitFacts>
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/**
 * Asks the probe until it is ready. Fails at once when the program ends, else at the deadline,
 * with what was awaited, what was seen last, and the last log lines.
 */
export const awaitReady = async (wait: ReadyWait): Promise<void> => {
  const start = performance.now()
  const stop = new AbortController()
  const stopOutside = () => stop.abort(wait.signal?.reason)
  wait.signal?.addEventListener('abort', stopOutside, { once: true })
  if (wait.signal?.aborted) stopOutside()
  let exit: ExitFacts | undefined
  wait.exited.then((facts) => {
    exit = facts
    stop.abort()
  })
  const deadline = setTimeout(() => stop.abort(), wait.timeoutMs)
  let seen = 'nothing yet'
  let wake: () => void = () => {}
  stop.signal.addEventListener('abort', () => wake(), { once: true })
  using _ = wait.log.onLines(() => wake())
  try {
    while (!stop.signal.aborted) {
      const line = new Promise<void>((resolve) => {
        wake = resolve
      })
      const look = await wait.probe.look(stop.signal).catch((error: unknown) => {
        // A container that just ended answers an exec with an error; `exited` tells the story better.
        return {
          ready: false as const,
          seen: error instanceof Error ? firstLine(error.message) : String(error),
        }
      })
      if (look.ready) return
      if (!stop.signal.aborted) seen = look.seen
      if (stop.signal.aborted) break
      if (wait.probe.intervalMs === 0) await line
      else await pause(wait.probe.intervalMs, stop.signal)
    }
    if (wait.signal?.aborted) throw abortError(wait)
    // The end of the program may have been the reason for the last failed look.
    throw exit ? exitError(wait, exit, start) : notReadyError(wait, seen, start)
  } finally {
    clearTimeout(deadline)
    wait.signal?.removeEventListener('abort', stopOutside)
  }
}

export const exitError = (
  wait: Omit<ReadyWait, 'probe'> & { readonly probe?: Probe },
  exit: ExitFacts,
  start: number,
): MesocosmError => {
  const elapsedMs = Math.round(performance.now() - start)
  const before = wait.probe === undefined ? '' : ` while waiting for ${wait.probe.awaited}`
  return new MesocosmError({
    code: exit.outOfMemory ? 'SERVICE_OUT_OF_MEMORY' : 'SERVICE_EXITED',
    message: exit.outOfMemory
      ? `${wait.service} was killed for using more memory than it may, after ${elapsedMs} ms${before}`
      : `${wait.service} ended with exit code ${exit.exitCode} after ${elapsedMs} ms${before}`,
    remedy: exit.outOfMemory
      ? `raise memoryMiB of ${wait.service}, or find what fills its memory; whole log: ${wait.logPath}`
      : `read why it ended in the lines above; whole log: ${wait.logPath}`,
    facts: facts(wait, elapsedMs, { exitCode: exit.exitCode, outOfMemory: exit.outOfMemory }),
    lastLogs: wait.log.last(),
  })
}

const notReadyError = (wait: ReadyWait, seen: string, start: number) => {
  const elapsedMs = Math.round(performance.now() - start)
  return new MesocosmError({
    code: 'SERVICE_NOT_READY',
    message: `${wait.service} is not ready after ${elapsedMs} ms: waited for ${wait.probe.awaited}, last seen: ${seen}`,
    remedy: `it still runs: check its \`ready\` probe, or raise readyTimeoutMs (${wait.timeoutMs}); whole log: ${wait.logPath}`,
    facts: facts(wait, elapsedMs, { seen }),
    lastLogs: wait.log.last(),
  })
}

const abortError = (wait: ReadyWait) =>
  new MesocosmError({
    code: 'ABORTED',
    message: `waiting for ${wait.service} was called off`,
    facts: { service: wait.service, lane: wait.lane },
    cause: wait.signal?.reason,
  })

const facts = (
  wait: Omit<ReadyWait, 'probe'> & { readonly probe?: Probe },
  elapsedMs: number,
  more: Readonly<Record<string, unknown>>,
) => ({
  service: wait.service,
  lane: wait.lane,
  ...(wait.probe === undefined ? {} : { awaited: wait.probe.awaited }),
  elapsedMs,
  logPath: wait.logPath,
  ...more,
})

const firstLine = (text: string) => text.split('\n', 1)[0] as string
