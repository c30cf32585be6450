import type { ProgressJson } from '../api/api-types.ts'
import type { Patience } from '../api/patience.ts'

/** Watches a pull for words of the registry. */
export interface PullSilence extends Disposable {
  /** Takes note of a line of progress. */
  heard(line: ProgressJson): void
}

/** What is done about a silence. */
export interface SilenceOptions {
  /** Registry host such as `ghcr.io`, for messages. */
  readonly registry: string
  readonly patience: Patience
  readonly onProgress: ((line: string) => void) | undefined
  /** Called once, when the silence has lasted too long. */
  readonly onOver: (error: Error) => void
}

/**
 * Reports a silence in the progress every `quietMs`, and ends the pull after `silentMs`. A layer that waits for its
 * turn or is unpacked is the engine's business, which may take longer: `stuckMs`.
 */
export const watchSilence = ({
  registry,
  patience,
  onProgress,
  onOver,
}: SilenceOptions): PullSilence => {
  const layers = new Map<string, string>()
  const { quietMs, silentMs, stuckMs } = patience
  // Counted, not measured: lines that arrived while this process did not run are read first.
  let ticks = 0
  const timer = setInterval(() => {
    ticks += 1
    const seconds = Math.round((ticks * quietMs) / 1_000)
    const isEngine = isOfEngine([...layers.values()])
    const words = isEngine
      ? `the engine has reported nothing for ${seconds} s`
      : `no word from the registry ${registry} for ${seconds} s`
    if (ticks * quietMs < (isEngine ? stuckMs : silentMs)) return onProgress?.(words)
    clearInterval(timer)
    onOver(new Error(words))
  }, quietMs)
  return {
    heard({ id, status }) {
      ticks = 0
      timer.refresh()
      // The id of this line is the tag.
      if (id !== undefined && status !== undefined && !status.startsWith('Pulling from'))
        layers.set(id, status)
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

// ---

/** Whether no layer is being fetched: each is done, unpacked, or waits because the engine fetches a few at a time. */
const isOfEngine = (states: readonly string[]): boolean =>
  states.length > 0 && states.every((state) => ofEngine.test(state))

const ofEngine =
  /^(?:Waiting|Verifying Checksum|Download complete|Extracting|Pull complete|Already exists)/
