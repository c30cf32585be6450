import type { Parser } from './byte-reader.ts'
import type { Pauses } from './pauses.ts'
import type { DebugProtocol } from './protocol.ts'
import { readWebSocket } from './web-socket.ts'

/**
 * The Chrome DevTools Protocol over a WebSocket, as Node's inspector speaks it. V8 writes the name of an event first,
 * so the start of a message is enough; messages may be many megabytes. Node never compresses.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
export const cdp: DebugProtocol = (pauses) => ({
  *toProgram(): Parser {
    yield { until: '\r\n\r\n', limit: 16_384 }
    yield* readWebSocket(512, (head) => {
      // V8 lets the program go on then, without an event. Chrome does so while it records a profile.
      if (isDisabling.test(head.toString('latin1'))) pauses.resume('main')
    })
  },
  *toIde(): Parser {
    const handshake = (yield { until: '\r\n\r\n', limit: 16_384 }).toString('latin1')
    // Lists of programs are answered as plain HTTP.
    if (!/^HTTP\/1\.1 101 /i.test(handshake)) return
    yield* readWebSocket(512, (head) => onMessage(head.toString('latin1'), pauses))
  },
})

// ---

/** A request for the main thread: its start, since those for workers are strings in another one. */
const isDisabling = /^\{(?:"id": *\d+, *)?"method": *"Debugger\.disable"/

/** An event of the main thread; or of a worker, as a string in one. */
const onMessage = (head: string, pauses: Pauses): void => {
  const event = /^\{"method":"([\w.]+)"/.exec(head)?.[1]
  if (event === 'Debugger.paused') pauses.pause('main')
  if (event === 'Debugger.resumed') pauses.resume('main')
  if (event?.startsWith('NodeWorker.') !== true) return
  const worker = `worker ${/"sessionId":"([^"]*)"/.exec(head)?.[1]}`
  const inner = /"message":"\{\\"method\\":\\"([\w.]+)\\"/.exec(head)?.[1]
  if (inner === 'Debugger.paused') pauses.pause(worker)
  if (inner === 'Debugger.resumed' || event === 'NodeWorker.detachedFromWorker')
    pauses.resume(worker)
}
