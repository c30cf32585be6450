import type { Call } from '../../call/call.ts'
import { aborted } from '../../call/deadline.ts'
import { until } from '../../call/until.ts'
import { waitClock } from '../../call/wait-clock.ts'
import { createWaker } from '../../call/waker.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ServiceLog } from '../logs/service-log.ts'
import type { Probe } from './target.ts'
import type { Unreachable } from './why-unreachable.ts'

/** How a program ended. */
export interface ExitFacts {
  readonly exitCode: number
  readonly outOfMemory: boolean
}

/** The service, probe and limits of one wait for readiness. */
export interface ReadyWait {
  readonly service: string
  readonly lane: string
  readonly probe: Probe
  readonly log: ServiceLog
  /** Where the whole log is, for the error. */
  readonly logPath: string
  /** Resolves when the program has ended and its last output was read. */
  readonly exited: Promise<ExitFacts>
  readonly timeoutMs: number
  /** The call that waits; the wait ends when its caller gives up. */
  readonly call?: Pick<Call, 'signal' | 'error'>
  /** Aborts when the lane is removed. */
  readonly removed?: AbortSignal
  /** Calls back when the engine reports a change of the program. */
  readonly changed?: (listener: () => void) => Disposable
  /** Looks why nothing reaches the service, when its time is over. */
  readonly why?: () => Promise<Unreachable | undefined>
}

/**
 * Repeats the probe until it is ready. Fails at once when the program exits or the caller gives up, else at the deadline,
 * with what was awaited, what was seen last, and the last log lines.
 */
export const awaitReady = async (wait: ReadyWait): Promise<void> => {
  const start = performance.now()
  const stop = new AbortController()
  const end = () => stop.abort()
  const ends = [wait.call?.signal, wait.removed].filter((signal) => signal !== undefined)
  for (const signal of ends) {
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  }
  let exit: ExitFacts | undefined
  wait.exited.then((facts) => {
    exit = facts
    end()
  })
  using _deadline = waitClock.timer(wait.timeoutMs, end)
  let late: MesocosmError | undefined
  let seen = 'nothing yet'
  const { intervalMs, wakes = intervalMs === 0 } = wait.probe
  const waker = createWaker()
  using _line = wait.log.onLines(waker.wake)
  using _change = wait.changed?.(waker.wake)
  try {
    await until(
      {
        signal: stop.signal,
        error: () => {
          const ended = endOf(wait, { exit, seen, start })
          if (ended === undefined) late = notReadyError(wait, { seen, start })
          return ended ?? (late as MesocosmError)
        },
      },
      async (signal) => {
        const look = await wait.probe.look(signal).catch((error: unknown) => ({
          // An exec in a container that just exited fails; the error of `exited` explains it better.
          ready: false as const,
          seen: firstLine(messageOf(error)),
        }))
        if (look.ready) return { found: look }
        if (!signal.aborted) seen = look.seen
        return look
      },
      {
        ...(intervalMs === 0 ? {} : { everyMs: intervalMs }),
        ...(wakes ? { waker } : {}),
      },
    )
  } catch (error) {
    if (error !== late) throw error
    const why = await wait.why?.()
    // It may have ended while its sockets were read.
    if (exit !== undefined) throw exitError(wait, exit, start)
    throw why === undefined ? error : notReadyError(wait, { seen, start, why })
  } finally {
    for (const signal of ends) signal.removeEventListener('abort', end)
  }
}

/** Returns the error for a program that exited before it was ready: `SERVICE_EXITED` or `SERVICE_OUT_OF_MEMORY`. */
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
      ? `${wait.service} was killed for using too much memory after ${elapsedMs} ms${before}`
      : `${wait.service} exited with code ${exit.exitCode} after ${elapsedMs} ms${before}`,
    remedy: exit.outOfMemory
      ? `raise memoryMiB of ${wait.service}, or find what uses its memory; whole log: ${wait.logPath}`
      : `read the log lines above for the reason; whole log: ${wait.logPath}`,
    facts: facts(wait, elapsedMs, { exitCode: exit.exitCode, outOfMemory: exit.outOfMemory }),
    lastLogs: wait.log.last(),
  })
}

const notReadyError = (
  wait: ReadyWait,
  { seen, start, why }: { seen: string; start: number; why?: Unreachable },
) => {
  const elapsedMs = Math.round(performance.now() - start)
  const usual = `check the \`ready\` probe of ${wait.service}, which still runs, or raise readyTimeoutMs (${wait.timeoutMs})`
  return new MesocosmError({
    code: 'SERVICE_NOT_READY',
    message: `${wait.service} is not ready after ${elapsedMs} ms: waited for ${wait.probe.awaited}, last seen: ${seen}${why === undefined ? '' : `; ${why.text}`}`,
    remedy: `${why?.remedy ?? usual}; whole log: ${wait.logPath}`,
    facts: facts(wait, elapsedMs, {
      seen,
      ...(why === undefined ? {} : { listening: why.listening }),
    }),
    lastLogs: wait.log.last(),
  })
}

/** Reports the exit first, since it may have caused the last failed look; `undefined` if the time is over. */
const endOf = (
  wait: ReadyWait,
  { exit, seen, start }: { exit: ExitFacts | undefined; seen: string; start: number },
): MesocosmError | undefined => {
  if (exit !== undefined) return exitError(wait, exit, start)
  const { service, lane, probe, call, removed } = wait
  const evidence = {
    seen: `${service} is not ready, waited for ${probe.awaited}, last seen: ${seen}`,
    facts: { service, lane, seen },
    lastLogs: wait.log.last(),
  }
  if (removed?.aborted)
    return aborted(`waiting for ${service}`, removed.reason, {
      ...evidence,
      seen: `lane ${lane} is being removed`,
    })
  return call?.signal.aborted ? call.error(evidence) : undefined
}

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
