import type { EngineInfo } from '../../runtime/engine-info.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { now } from '../../trace/event/clock.ts'
import type { EventFile } from '../../trace/write/event-file.ts'

/** The clock of an engine as this process sees it. */
export interface EngineClock extends Disposable {
  /** Returns a time of the engine on this process's clock, and never one that is still to come. */
  toOwn(engineMs: number): number
}

/** Milliseconds between comparisons: clocks of virtual machines drift, and stop while a laptop sleeps. */
const everyMs = 60_000

/** The engine's time has no fractions here. */
const resolutionMs = 1

/** Answers per comparison; the fastest one counts. */
const samples = 3

/**
 * Compares the clock of an engine with this process's, now and once a minute, and records by how much they differ. An
 * engine on this machine has the same clock, and is not asked.
 */
export const openEngineClock = (
  runtime: Pick<Runtime, 'clock'>,
  { directRoute }: Pick<EngineInfo, 'directRoute'>,
  events: Pick<EventFile, 'write'>,
  periodMs = everyMs,
): EngineClock => {
  let offsetMs = 0
  let recorded: number | undefined
  let closed = false
  const note = (sample: Sample) => {
    if (closed) return
    // A difference below the error is not known to exist.
    offsetMs = Math.abs(sample.offsetMs) <= sample.errorMs ? 0 : sample.offsetMs
    const isNews = recorded === undefined || Math.abs(offsetMs - recorded) > 2 * sample.errorMs
    if (!isNews) return
    recorded = offsetMs
    events.write('clock', { source: 'engine', offsetMs, errorMs: sample.errorMs })
  }
  const compare = async () => {
    try {
      note(await bestOf(runtime, samples))
    } catch {
      // The engine is busy or gone: the last comparison counts on.
    }
  }
  let timer: NodeJS.Timeout | undefined
  if (directRoute || runtime.clock === undefined) note({ offsetMs: 0, errorMs: 0 })
  else {
    void compare()
    timer = setInterval(() => void compare(), periodMs)
    timer.unref()
  }
  return {
    toOwn: (engineMs) => Math.min(engineMs - offsetMs, now()),
    [Symbol.dispose]() {
      closed = true
      clearInterval(timer)
    },
  }
}

// ---

interface Sample {
  readonly offsetMs: number
  readonly errorMs: number
}

const bestOf = async (runtime: Pick<Runtime, 'clock'>, count: number): Promise<Sample> => {
  let best: Sample | undefined
  for (let asked = 0; asked < count; asked++) {
    const before = now()
    const engineMs = (await runtime.clock?.()) ?? Number.NaN
    const halfMs = (now() - before) / 2
    const errorMs = rounded(halfMs + resolutionMs)
    if (best === undefined || errorMs < best.errorMs)
      best = { offsetMs: rounded(engineMs + resolutionMs / 2 - before - halfMs), errorMs }
  }
  if (best === undefined || Number.isNaN(best.offsetMs)) throw new Error('the engine has no clock')
  return best
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000
