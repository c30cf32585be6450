import type { RuntimeEvent } from '../../runtime/runtime.ts'
import type { EventJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter } from '../api/engine-api.ts'
import { detailOf, engineError } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { runtimeEvent } from './runtime-event.ts'

/**
 * Watches life-cycle events of containers with these labels. There is no reconnect: if the stream ends before
 * `close`, the last event is `engine-gone`.
 */
export const watchEvents = async (
  api: EngineApi,
  labels: Readonly<Record<string, string>>,
  onEvent: (event: RuntimeEvent) => void,
): Promise<{ close(): Promise<void> }> => {
  const stream = await open(api, labels)
  let closing = false
  const read = async (): Promise<string> => {
    try {
      for await (const json of readJsonLines<EventJson>(stream)) {
        if (closing) break
        const event = runtimeEvent(json)
        if (event !== undefined) onEvent(event)
      }
      return 'the event stream ended'
    } catch (error) {
      return `the event stream broke: ${detailOf(error)}`
    }
  }
  const reading = read().then((reason) => {
    if (!closing) onEvent({ kind: 'engine-gone', reason, timeMs: Date.now() })
  })
  return {
    close: async () => {
      closing = true
      stream.destroy()
      await reading
    },
  }
}

// ---

const open = async (api: EngineApi, labels: Readonly<Record<string, string>>) => {
  try {
    return await api.stream('GET', '/events', {
      query: {
        filters: { type: ['container'], label: labelFilter(labels) },
        // The engine answers slightly before it listens; `since` covers the gap.
        since: (Date.now() / 1000).toFixed(3),
      },
    })
  } catch (error) {
    throw engineError(error, 'the events of the engine could not be watched')
  }
}
