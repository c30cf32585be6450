import { ApiTimeout, goneError } from './errors.ts'

/** How long the engine may take, in milliseconds. */
export interface Patience {
  /** For the answer of a call that reads. Default 60 000. */
  readonly readMs: number
  /** For the answer of a call that changes something. Default 120 000. */
  readonly changeMs: number
  /** For the answer of an upload or a commit, while the engine answers pings. Default 600 000. */
  readonly longMs: number
  /** Without a byte of a stream or of a long call, before the engine is pinged. Default 30 000. */
  readonly idleMs: number
  /** For the answer of a ping; three in a row without an answer end the stream. Default 20 000. */
  readonly pingMs: number
  /** For an engine that refuses connections to come back, before its events end with `engine-gone`. Default 10 000. */
  readonly awayMs: number
  /** Without a word from a registry during a pull, before the progress says so, and again each time. Default 30 000. */
  readonly quietMs: number
  /** Without a word from a registry, before the pull fails. Default 300 000. */
  readonly silentMs: number
  /** Without a word from the engine while layers wait for their turn or are unpacked, before the pull fails. Default 1 800 000. */
  readonly stuckMs: number
}

/** Limits that a loaded machine keeps. */
export const defaultPatience: Patience = {
  readMs: 60_000,
  changeMs: 120_000,
  longMs: 600_000,
  idleMs: 30_000,
  pingMs: 20_000,
  awayMs: 10_000,
  quietMs: 30_000,
  silentMs: 300_000,
  stuckMs: 1_800_000,
}

/** Returns how long a call may take; `undefined` for a pull or a build, which its caller limits. */
export const limitOf = (
  patience: Patience,
  call: { readonly method: string; readonly isLong: boolean; readonly isStream: boolean },
): number | undefined => {
  if (call.isLong) return call.isStream ? undefined : patience.longMs
  return call.method === 'GET' ? patience.readMs : patience.changeMs
}

/** Calls back when a call was not answered in time. */
export const callTimer = (
  call: string,
  limitMs: number,
  onOver: (error: Error) => void,
): Disposable => {
  const timer = setTimeout(() => onOver(new ApiTimeout(call, limitMs)), limitMs)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

/** What is watched for signs of life. */
export interface Pulse {
  /** Grows with every byte; `undefined` while there is no connection. */
  bytes(): number | undefined
  /** Whether the engine answers. */
  ping(timeoutMs: number): Promise<boolean>
}

/**
 * Calls back when neither a byte came nor the engine answers pings. A call whose engine answers may take any time: only
 * its caller knows how long a pull, a build or a program should take.
 */
export const watchPulse = (
  { bytes, ping }: Pulse,
  { idleMs, pingMs }: Patience,
  endpoint: string,
  onDead: (error: Error) => void,
): Disposable => {
  const state = { seen: bytes(), failed: 0, over: false }
  const look = async () => {
    const now = bytes()
    const moved = now !== state.seen
    state.seen = now
    state.failed = moved || (await ping(pingMs)) ? 0 : state.failed + 1
    if (state.over) return
    if (state.failed < deadAfter) timer = later(state.failed > 0 ? 0 : idleMs)
    else
      onDead(
        goneError(
          new Error(`no byte and no answer to ${deadAfter} pings of ${pingMs} ms`),
          endpoint,
        ),
      )
  }
  // Does not keep the process alive: the stream does.
  const later = (ms: number) => setTimeout(() => void look(), ms).unref()
  let timer = later(idleMs)
  return {
    [Symbol.dispose]() {
      state.over = true
      clearTimeout(timer)
    },
  }
}

// ---

const deadAfter = 3
