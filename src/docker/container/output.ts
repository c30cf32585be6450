import type { Readable } from 'node:stream'
import { pause } from '../../call/pause.ts'
import type { OutputChunk, OutputGap } from '../../runtime/running-program.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { ApiFailure, detailOf } from '../api/errors.ts'
import { createDemux } from '../api/frames.ts'
import { lookAt } from './look-at.ts'
import type { OutputPosition } from './output-position.ts'

/** An attached reader of a container's output. */
export interface Attachment {
  /** Resolves after the last byte. */
  readonly ended: Promise<void>
  /** Stops reading. */
  close(): void
}

/** Who reads the output. */
export interface OutputReader {
  readonly onOutput: (chunk: OutputChunk) => void
  readonly onGap: (gap: OutputGap) => void
}

/**
 * Reads a container's output from now on; call it before the start. Never pauses: an attached reader that stops
 * reading blocks the program within seconds. A connection that breaks while the program runs is not the end of the
 * output: it is read on from the engine's log, which has every line. What cannot be read is reported as a gap. A
 * connection that was closed in good order may have been closed before the program's last output, so the end is
 * compared with the log.
 */
export const attachOutput = async (
  api: EngineApi,
  id: string,
  position: OutputPosition,
  { onOutput, onGap }: OutputReader,
): Promise<Attachment> => {
  const stop = new AbortController()
  const { signal } = stop
  let stream: Readable = await openLive(api, id, signal)
  /** Since when nothing could be read although the program runs; `undefined` while it can. */
  let stuckSince: number | undefined
  /** Whether the log was followed to its end: then it may lack what was written last. */
  let isFollowed = false
  let fault: string | undefined
  let finishedAt = position.finishedAt

  const pass = (chunk: OutputChunk) => {
    position.add(chunk)
    onOutput(chunk)
  }
  const gap = (reason: string) => {
    position.known = false
    isFollowed = false
    if (!signal.aborted) onGap({ reason, timeMs: Date.now() })
  }
  /** Reads a stream to its end. */
  const read = (opened: Readable, onChunk: (chunk: OutputChunk) => void) => {
    stream = opened
    if (signal.aborted) stream.destroy()
    return drained(opened, onChunk)
  }

  const stuckMs = () => (stuckSince === undefined ? 0 : performance.now() - stuckSince)
  const isStuck = (is: boolean) => {
    stuckSince = is ? (stuckSince ?? performance.now()) : undefined
  }

  const attempt = async (work: () => Promise<string | undefined>): Promise<string | undefined> => {
    try {
      return await work()
    } catch (error) {
      isStuck(true)
      return detailOf(error)
    }
  }

  const readLive = async (): Promise<string | undefined> => {
    const opened = await openLive(api, id, signal)
    isStuck(false)
    return read(opened, pass)
  }

  /** The program may have started, and printed, before the connection was open. */
  const readLiveBeforeStart = async (): Promise<string | undefined> => {
    const opened = await openLive(api, id, signal)
    const { status } = await lookAt(api, id, position, signal)
    if (status === 'not started') return read(opened, pass)
    opened.destroy()
    return fault ?? 'the program started without a reader'
  }

  const readLog = async (isRunning: boolean): Promise<string | undefined> => {
    const rest = position.after(pass)
    const outcome = await read(await openLog(api, id, isRunning, signal), rest.push)
    isStuck(!rest.reached())
    isFollowed = isRunning
    if (outcome === undefined && !isRunning && !rest.reached())
      gap('the log of the engine does not have all lines that were read before')
    return outcome
  }

  /** Reads what was missed and what follows; live, after a gap, where the log cannot be read. */
  const readOn = async (isRunning: boolean): Promise<string | undefined> => {
    let reason = `the connection broke: ${fault ?? 'it was closed'}`
    if (position.known) {
      try {
        if (stuckMs() < api.patience.awayMs) return await readLog(isRunning)
      } catch (error) {
        // What the engine refuses now, it refuses later.
        if (!(error instanceof ApiFailure)) throw error
        reason = `${reason}; the log cannot be read: ${detailOf(error)}`
      }
    }
    gap(reason)
    return isRunning ? readLive() : undefined
  }

  /** Whether the last lines of the log were read: engines take microseconds for each line of a log. */
  const endsLikeLog = async (): Promise<boolean> => {
    const last: Record<OutputChunk['stream'], Uint8Array[]> = { stdout: [], stderr: [] }
    const opened = await openLog(api, id, false, signal, fewLines)
    const broken = await read(opened, ({ stream: from, bytes }) => {
      last[from].push(Buffer.from(bytes))
    })
    const isLike = (from: OutputChunk['stream']) =>
      position.endsLike(from, Buffer.concat(last[from]))
    return broken === undefined && isLike('stdout') && isLike('stderr')
  }

  /** Reads what the log has after the end of the connection; returns why the log could not be read whole. */
  const compareEnd = async (): Promise<string | undefined> => {
    // Podman ends the last line of its answer in any case.
    const lineEnds = new Map<OutputChunk['stream'], OutputChunk>()
    const rest = position.after((chunk) => {
      const lineEnd = lineEnds.get(chunk.stream)
      lineEnds.delete(chunk.stream)
      if (lineEnd !== undefined) pass(lineEnd)
      const isLineEnd = chunk.bytes.length === 1 && chunk.bytes[0] === 0x0a
      if (isLineEnd && position.isWithinLine(chunk.stream)) lineEnds.set(chunk.stream, chunk)
      else pass(chunk)
    })
    try {
      if (position.lines() > manyLines && (await endsLikeLog())) return undefined
      return await read(await openLog(api, id, false, signal), rest.push)
    } catch (error) {
      // There is no log, or not any more.
      if (error instanceof ApiFailure) return undefined
      return detailOf(error)
    }
  }

  const follow = async (): Promise<void> => {
    fault = await read(stream, pass)
    let comparisons = 0
    while (!signal.aborted) {
      const found = await lookAt(api, id, position, signal)
      if (signal.aborted) return
      const { status } = found
      finishedAt = found.finishedAt ?? finishedAt
      // The engine closes the connection at the end of the program; any other end may have cut off output.
      const isCut = fault !== undefined || found.late
      const isComparable = !isFollowed && position.known && !position.joined
      if (status === 'not started') {
        fault = await attempt(readLiveBeforeStart)
      } else if (status === 'exited' && !isCut && isComparable) {
        const reason = await compareEnd()
        comparisons += 1
        if (reason === undefined) return
        if (comparisons === mostComparisons)
          return gap(`the end of the output could not be compared with the log: ${reason}`)
      } else if (status === 'running' || (status === 'exited' && (isCut || isFollowed))) {
        fault = await attempt(() => readOn(status === 'running'))
      } else {
        position.known &&= status !== 'started again'
        if (isCut)
          gap(`the connection broke (${fault ?? found.reason}), and the container is ${status}`)
        return
      }
      if (stuckMs() > 2 * api.patience.awayMs) return gap(`the connection broke often: ${fault}`)
      if (status !== 'exited' || stuckSince !== undefined) await pause(50, signal)
    }
  }

  const ended = follow()
    .catch((error: unknown) => gap(detailOf(error)))
    .then(() => {
      position.finishedAt = finishedAt
      position.joined ||= position.isWithinLine('stdout') || position.isWithinLine('stderr')
    })
  return {
    ended,
    close: () => {
      stop.abort()
      stream.destroy()
    },
  }
}

// ---

/** How often a comparison with the log may break. */
const mostComparisons = 5

/** From here on, the whole log is read only if its last lines differ. */
const manyLines = 1_000
const fewLines = 50

const openLive = (api: EngineApi, id: string, signal: AbortSignal): Promise<Readable> =>
  api.stream('POST', `/containers/${segment(id)}/attach`, {
    query: { stream: 1, stdout: 1, stderr: 1 },
    signal,
  })

const openLog = (
  api: EngineApi,
  id: string,
  follow: boolean,
  signal: AbortSignal,
  tail?: number,
): Promise<Readable> =>
  api.stream('GET', `/containers/${segment(id)}/logs`, {
    query: { follow: follow ? 1 : 0, stdout: 1, stderr: 1, tail },
    signal,
  })

/** Reads to the end; returns why it is not the end that the engine has set, if so. */
const drained = (
  stream: Readable,
  onChunk: (chunk: OutputChunk) => void,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const push = createDemux(onChunk)
    let isInFrame = false
    let fault: string | undefined
    stream.on('data', (bytes: Buffer) => {
      isInFrame = push(bytes)
    })
    stream.on('error', (error) => {
      fault = detailOf(error)
    })
    stream.on('close', () => resolve(fault ?? (isInFrame ? 'it ended within a frame' : undefined)))
  })
