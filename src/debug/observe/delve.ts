import type { Need, Parser } from './byte-reader.ts'
import { jsonObject } from './json.ts'
import type { DebugProtocol } from './protocol.ts'

/**
 * The JSON-RPC of Delve, as `dlv connect` and GoLand speak it. A request to run is answered when the program has
 * stopped again.
 *
 * @see https://github.com/go-delve/delve/tree/master/Documentation/api
 */
export const delve: DebugProtocol = (pauses) => {
  /** Requests that were not answered yet: whether they let the program run. */
  const open = new Map<unknown, boolean>()
  return {
    *toProgram(): Parser {
      yield* readLines((line) => {
        const request = jsonObject(line)
        const method = request?.method
        if (method === 'RPCServer.Detach') pauses.resume()
        if (method !== 'RPCServer.Command' && method !== 'RPCServer.State') return
        const runs = method === 'RPCServer.Command' && isRunning.test(nameIn(request))
        open.set(request?.id, runs)
        if (runs) pauses.resume()
      })
    },
    *toIde(): Parser {
      yield* readLines((line) => {
        // Answers can be long; the order of these is fixed.
        const id = /^\{"id":(\d+)/.exec(line.subarray(0, 64).toString('latin1'))?.[1]
        if (id === undefined || !open.delete(Number(id))) return
        const text = line.toString('latin1')
        if (/"(Running|exited)":true/.test(text)) pauses.resume()
        else if (/"State":\{/.test(text)) pauses.pause()
      })
    },
  }
}

// ---

/** Commands that return when the program has stopped again. */
const isRunning = /^(continue|direction|next|step|rewind|reverse|call)/i

const nameIn = (request: ReturnType<typeof jsonObject>): string => {
  const [first] = Array.isArray(request?.params) ? (request.params as unknown[]) : []
  return typeof first === 'object' && first !== null && 'name' in first ? String(first.name) : ''
}

function* readLines(onLine: (line: Buffer) => void): Generator<Need, void, Buffer> {
  for (;;) onLine(yield { until: '\n', limit: 4 * 2 ** 20 })
}
