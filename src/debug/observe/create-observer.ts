import { createByteReader } from './byte-reader.ts'
import { cdp } from './cdp.ts'
import { dap } from './dap.ts'
import { dbgp } from './dbgp.ts'
import { delve } from './delve.ts'
import { jdwp } from './jdwp.ts'
import type { DebugObserver, OnDebugState } from './observer.ts'
import { createPauses } from './pauses.ts'
import type { DebugProtocol } from './protocol.ts'

/**
 * Creates the observer of one connection. It recognizes the protocol by the first bytes: CDP, DAP, DBGp, JDWP or the
 * JSON-RPC of Delve.
 */
export const createDebugObserver = (onState: OnDebugState): DebugObserver => {
  const pauses = createPauses(onState)
  const state: { readers?: Readers | undefined; starts: Record<Direction, Buffer> } = {
    starts: { toProgram: Buffer.alloc(0), toIde: Buffer.alloc(0) },
  }

  /** Collects the start of the connection until its protocol is known, then reads what was collected. */
  const recognize = (direction: Direction, chunk: Uint8Array): void => {
    state.starts[direction] = Buffer.concat([state.starts[direction], chunk])
    const found = protocolOf(state.starts)
    if (found === undefined) return
    state.readers = found === 'none' ? {} : readersOf(found(pauses))
    for (const each of ['toProgram', 'toIde'] as const) state.readers[each]?.(state.starts[each])
    state.starts = { toProgram: Buffer.alloc(0), toIde: Buffer.alloc(0) }
  }

  const read = (direction: Direction, chunk: Uint8Array): void => {
    if (state.readers === undefined) recognize(direction, chunk)
    else state.readers[direction]?.(chunk)
  }
  return {
    toProgram: (chunk) => read('toProgram', chunk),
    toIde: (chunk) => read('toIde', chunk),
    end() {
      state.readers = {}
      pauses.resume()
    },
  }
}

// ---

type Direction = 'toProgram' | 'toIde'
type Readers = Partial<Record<Direction, (chunk: Uint8Array) => void>>

const readersOf = ({ toProgram, toIde }: ReturnType<DebugProtocol>): Readers => ({
  ...(toProgram === undefined ? {} : { toProgram: createByteReader(toProgram) }),
  toIde: createByteReader(toIde),
})

/** Starts of connections. Which end speaks first is part of a protocol. */
const starts: readonly (readonly [Direction, RegExp, DebugProtocol])[] = [
  ['toProgram', /^GET /, cdp],
  ['toProgram', /^Content-Length:/i, dap],
  // debugpy sends an event before it is asked.
  ['toIde', /^Content-Length:/i, dap],
  ['toProgram', /^JDWP-Handshake/, jdwp],
  ['toProgram', /^\{/, delve],
  ['toIde', /^\d{1,10}\0/, dbgp],
]

/** Longer than the start of every protocol. */
const enough = 32

const protocolOf = (
  seen: Readonly<Record<Direction, Buffer>>,
): DebugProtocol | 'none' | undefined => {
  const found = starts.find(([direction, pattern]) =>
    pattern.test(seen[direction].subarray(0, enough).toString('latin1')),
  )
  if (found !== undefined) return found[2]
  return Math.max(seen.toProgram.length, seen.toIde.length) >= enough ? 'none' : undefined
}
