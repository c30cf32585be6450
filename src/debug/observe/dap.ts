import { headOf, type Parser } from './byte-reader.ts'
import { jsonObject } from './json.ts'
import type { Pauses } from './pauses.ts'
import type { DebugProtocol } from './protocol.ts'

/**
 * The Debug Adapter Protocol, as debugpy and Delve speak it. Requests that resume a program are taken from their
 * answers, which say whether they were done.
 *
 * @see https://microsoft.github.io/debug-adapter-protocol/specification
 */
export const dap: DebugProtocol = (pauses) => ({
  *toIde(): Parser {
    for (;;) {
      const head = (yield { until: '\r\n\r\n', limit: 4_096 }).toString('latin1')
      const length = Number(/^content-length: *(\d{1,12}) *$/im.exec(head)?.[1])
      if (!Number.isSafeInteger(length)) return
      const body: Buffer = yield* headOf(length, longest)
      // Longer ones are values and sources.
      if (length <= longest) onMessage(jsonObject(body), pauses)
    }
  },
})

// ---

const longest = 2 ** 20

/** Requests after which the program runs, if only to its next line. */
const resuming = new Set([
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'goto',
  'restart',
  'disconnect',
  'terminate',
])

const onMessage = (message: ReturnType<typeof jsonObject>, pauses: Pauses): void => {
  if (message?.type === 'event') {
    if (message.event === 'stopped') pauses.pause()
    else if (['continued', 'exited', 'terminated'].includes(String(message.event))) pauses.resume()
  }
  if (message?.type === 'response' && message.success === true)
    if (resuming.has(String(message.command))) pauses.resume()
}
