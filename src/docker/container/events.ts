import type { Readable } from 'node:stream'
import { pause } from '../../call/pause.ts'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import type { ContainerJson, ContainerRowJson, EventJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter, segment } from '../api/engine-api.ts'
import { detailOf, engineError, hasStatus } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { createEventFilter, type SeenContainer } from './event-filter.ts'
import { carries, runtimeEvent } from './runtime-event.ts'
import { containerStatus } from './state.ts'

/**
 * Watches life-cycle events of containers with these labels. A stream that breaks is opened again from its last event,
 * and what it missed is made up from the containers. If that does not work within `patience.awayMs`, the last event is
 * `engine-gone`.
 */
export const watchEvents = async (
  api: EngineApi,
  labels: Readonly<Record<string, string>>,
  onEvent: (event: RuntimeEvent) => void,
): Promise<{ close(): Promise<void> }> => {
  const filter = createEventFilter()
  const stop = new AbortController()
  const { signal } = stop
  const openedMs = Date.now()
  let stream = await open(api, labels, openedMs, signal)

  /** Passes on the events of a stream to its end; returns why it ended. */
  const read = async (isFirst: boolean): Promise<string> => {
    try {
      for await (const json of readJsonLines<EventJson>(stream)) {
        if (signal.aborted) break
        const event = carries(json, labels) ? runtimeEvent(json) : undefined
        if (event === undefined) continue
        if (isFirst ? filter.note(event) : filter.accept(event)) onEvent(event)
      }
      return 'the event stream ended'
    } catch (error) {
      return `the event stream broke: ${detailOf(error)}`
    }
  }

  /** Reports what the interrupted stream missed. The next stream is open by then, so nothing falls in between. */
  const catchUp = async (): Promise<void> => {
    const missed = filter.missed(await containersNow(api, labels, signal))
    if (!signal.aborted) for (const event of missed) onEvent(event)
  }

  const follow = async (): Promise<void> => {
    let reason = await read(true)
    let brokeAt = performance.now()
    while (!signal.aborted) {
      let failure: string | undefined
      let reading: Promise<string> | undefined
      try {
        stream = await open(api, labels, filter.lastMs ?? openedMs, signal)
        reading = read(false)
        await catchUp()
        reason = await reading
        brokeAt = performance.now()
      } catch (error) {
        stream.destroy()
        await reading
        failure = detailOf(error)
      }
      if (signal.aborted) return
      if (performance.now() - brokeAt > api.patience.awayMs)
        return onEvent({
          kind: 'engine-gone',
          reason: failure === undefined ? reason : `${reason}; ${failure}`,
          timeMs: Date.now(),
        })
      await pause(100, signal)
    }
  }

  const following = follow()
  return {
    close: async () => {
      stop.abort()
      stream.destroy()
      await following
    },
  }
}

// ---

const open = async (
  api: EngineApi,
  labels: Readonly<Record<string, string>>,
  sinceMs: number,
  signal: AbortSignal,
): Promise<Readable> => {
  try {
    return await api.stream('GET', '/events', {
      query: {
        filters: { type: ['container'], label: labelFilter(labels) },
        // The engine answers slightly before it listens; `since` covers the gap, and 1 ms what rounding takes off.
        since: ((sinceMs - 1) / 1000).toFixed(6),
      },
      signal,
    })
  } catch (error) {
    throw engineError(error, 'the events of the engine could not be watched')
  }
}

const containersNow = async (
  api: EngineApi,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<SeenContainer[]> => {
  const query = { all: 1, filters: { label: labelFilter(labels) } }
  const rows = await api.json<ContainerRowJson[]>('GET', '/containers/json', {
    query,
    signal,
  })
  const found = await Promise.all(rows.map(({ Id: id }) => containerNow(api, id, signal)))
  return found.filter((container) => container !== undefined)
}

const containerNow = async (
  api: EngineApi,
  id: string,
  signal: AbortSignal,
): Promise<SeenContainer | undefined> => {
  try {
    const { State: state } = await api.json<ContainerJson>(
      'GET',
      `/containers/${segment(id)}/json`,
      { signal },
    )
    return {
      id,
      status: containerStatus(state.Status),
      exitCode: state.ExitCode,
      startedMs: timeMs(state.StartedAt),
      finishedMs: timeMs(state.FinishedAt),
    }
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

/** `Date.parse` drops what is smaller than a millisecond. */
const timeMs = (text: string): number => {
  const [, second = '', fraction = '0', zone = ''] =
    /^([^.]*?)(?:\.(\d+))?(Z|[+-].*)?$/.exec(text) ?? []
  return Date.parse(`${second}${zone}`) + Number(`0.${fraction}`) * 1000
}
