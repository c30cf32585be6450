import { expect, test } from 'vitest'
import { createDebugObserver } from './create-observer.ts'
import type { DebugState } from './observer.ts'
import {
  cdpEvent,
  cdpRequest,
  composite,
  dapMessage,
  dbgpAnswer,
  jdwpCommand,
  type Step,
  upgrade,
} from './test-messages.ts'

/** Feeds a conversation to an observer and returns what it reported. `split` cuts it into chunks. */
const statesOf = (
  steps: readonly Step[],
  split: (bytes: Buffer) => readonly Uint8Array[] = (bytes) => [bytes],
): readonly DebugState[] => {
  const states: DebugState[] = []
  const observer = createDebugObserver((state) => states.push(state))
  for (const [direction, bytes] of steps)
    for (const chunk of split(Buffer.from(bytes))) {
      const before = Buffer.from(chunk)
      observer[direction](chunk)
      expect(before.equals(chunk)).toBe(true)
      // The owner of a chunk may write over it afterwards.
      chunk.fill(0xff)
    }
  observer.end()
  return states
}

const conversations: Readonly<Record<string, readonly [readonly Step[], readonly DebugState[]]>> = {
  'CDP: a breakpoint and a resumption': [
    [
      ...upgrade,
      ['toIde', cdpEvent('{"id":1,"result":{"x":"Debugger.paused"}}')],
      [
        'toIde',
        cdpEvent(`{"method":"Debugger.scriptParsed","params":{"x":"${'y'.repeat(70_000)}"}}`),
      ],
      ['toIde', cdpEvent(`{"method":"Debugger.paused","params":{"x":"${'y'.repeat(300)}"}}`)],
      ['toIde', cdpEvent('{"method":"Debugger.resumed","params":{}}')],
    ],
    ['paused', 'resumed'],
  ],
  'CDP: the debugger is switched off at a breakpoint': [
    [
      ...upgrade,
      ['toProgram', cdpRequest('{"id":1,"method":"Debugger.enable","params":{}}')],
      ['toIde', cdpEvent('{"method":"Debugger.paused","params":{}}')],
      ['toProgram', cdpRequest(`{"id":2,"method":"Runtime.evaluate","x":"${'y'.repeat(200)}"}`)],
      ['toProgram', cdpRequest('{"id":3,"method":"Debugger.disable","params":{}}')],
      ['toIde', cdpEvent('{"id":3,"result":{}}')],
      ['toIde', cdpEvent('{"method":"Debugger.paused","params":{}}')],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
  'CDP: an event in fragments with a ping in between': [
    [
      ...upgrade,
      ['toIde', cdpEvent('{"method":"Debug', { first: 0x01 })],
      ['toIde', cdpEvent('ping', { first: 0x89 })],
      ['toIde', cdpEvent('ger.paused","params":{}}', { first: 0x80 })],
    ],
    ['paused', 'resumed'],
  ],
  'CDP: a worker pauses while the main thread runs': [
    [
      ...upgrade,
      [
        'toIde',
        cdpEvent(
          '{"method":"NodeWorker.receivedMessageFromWorker","params":{"sessionId":"1","message":"{\\"method\\":\\"Debugger.paused\\",\\"params\\":{}}"}}',
        ),
      ],
      ['toIde', cdpEvent('{"method":"Debugger.paused","params":{}}')],
      ['toIde', cdpEvent('{"method":"Debugger.resumed","params":{}}')],
      ['toIde', cdpEvent('{"method":"NodeWorker.detachedFromWorker","params":{"sessionId":"1"}}')],
      ['toIde', cdpEvent('{"method":"Debugger.paused","params":{}}')],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
  'CDP: a compressed connection is not read': [
    [...upgrade, ['toIde', cdpEvent('{"method":"Debugger.paused"}', { first: 0xc1 })]],
    [],
  ],
  'CDP: a list of programs is not a debugger': [
    [
      ['toProgram', 'GET /json/list HTTP/1.1\r\n\r\n'],
      ['toIde', 'HTTP/1.1 200 OK\r\n\r\n[]'],
      ['toIde', cdpEvent('{"method":"Debugger.paused"}')],
    ],
    [],
  ],
  'DAP: a breakpoint, a step and a resumption': [
    [
      ['toProgram', dapMessage({ type: 'request', command: 'initialize' })],
      ['toIde', dapMessage({ type: 'event', event: 'output', body: { output: '"stopped" é' } })],
      ['toIde', dapMessage({ type: 'event', event: 'stopped', body: { threadId: 1 } })],
      ['toIde', dapMessage({ type: 'response', command: 'continue', success: false })],
      ['toIde', dapMessage({ type: 'response', command: 'next', success: true })],
      ['toIde', dapMessage({ type: 'event', event: 'stopped', body: { threadId: 1 } })],
      ['toIde', dapMessage({ type: 'event', event: 'output', body: { x: 'y'.repeat(1_100_000) } })],
      ['toIde', dapMessage({ type: 'response', command: 'continue', success: true })],
      ['toIde', dapMessage({ type: 'event', event: 'continued' })],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
  'DAP: an adapter that speaks first': [
    [['toIde', dapMessage({ type: 'event', event: 'stopped' })]],
    ['paused', 'resumed'],
  ],
  'DAP: a program that ends while it is paused': [
    [
      ['toIde', dapMessage({ type: 'event', event: 'stopped' })],
      ['toIde', dapMessage({ type: 'event', event: 'terminated' })],
      ['toIde', dapMessage({ type: 'event', event: 'exited' })],
    ],
    ['paused', 'resumed'],
  ],
  'DBGp: it waits from the start, runs, hits a breakpoint and ends': [
    [
      ['toIde', dbgpAnswer('<init language="PHP" protocol_version="1.0"></init>')],
      ['toProgram', 'breakpoint_set -i 1 -t line -f file:///run.php -n 1\0run -i 2\0'],
      ['toIde', dbgpAnswer('<response command="breakpoint_set" transaction_id="1"/>')],
      [
        'toIde',
        dbgpAnswer('<response command="run" transaction_id="2" status="break" reason="ok">'),
      ],
      ['toProgram', 'property_get -i 3 -n $run\0'],
      ['toIde', dbgpAnswer('<response command="status" transaction_id="3" status="break">')],
      ['toProgram', 'step_over -i 4\0'],
      ['toIde', dbgpAnswer('<response command="step_over" status="stopping" reason="ok"/>')],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
  'JDWP: a breakpoint that suspends all, and a resumption': [
    [
      ['toProgram', 'JDWP-Handshake'],
      ['toIde', 'JDWP-Handshake'],
      ['toIde', composite({ policy: 0, kind: 8, thread: 1 })],
      ['toIde', composite({ policy: 2, kind: 2, thread: 1 })],
      ['toProgram', jdwpCommand(1, 8)],
      ['toProgram', jdwpCommand(1, 9)],
      ['toProgram', jdwpCommand(1, 7)],
      ['toProgram', jdwpCommand(1, 9)],
    ],
    ['paused', 'resumed'],
  ],
  'JDWP: breakpoints that suspend two threads': [
    [
      ['toProgram', 'JDWP-Handshake'],
      ['toIde', 'JDWP-Handshake'],
      ['toIde', composite({ policy: 1, kind: 2, thread: 1 })],
      ['toIde', composite({ policy: 1, kind: 2, thread: 2 })],
      ['toProgram', jdwpCommand(11, 3, 1)],
      ['toProgram', jdwpCommand(11, 3, 3)],
      ['toProgram', jdwpCommand(11, 3, 2)],
      ['toIde', composite({ policy: 2, kind: 2, thread: 2 })],
      ['toIde', composite({ policy: 0, kind: 99, thread: 0 })],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
  'JDWP: a class is loaded while a thread is paused': [
    [
      ['toProgram', 'JDWP-Handshake'],
      ['toIde', 'JDWP-Handshake'],
      ['toIde', composite({ policy: 2, kind: 8, thread: 1 })],
      ['toProgram', jdwpCommand(1, 9)],
      ['toIde', composite({ policy: 1, kind: 2, thread: 1 })],
      ['toIde', composite({ policy: 2, kind: 8, thread: 2 })],
      ['toProgram', jdwpCommand(1, 9)],
      ['toIde', composite({ policy: 1, kind: 2, thread: 2 })],
      ['toProgram', jdwpCommand(1, 9)],
      ['toIde', composite({ policy: 1, kind: 2, thread: 2 })],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
  'Delve: it stops, continues and ends': [
    [
      ['toProgram', '{"method":"RPCServer.State","params":[{}],"id":1}\n'],
      ['toIde', '{"id":1,"result":{"State":{"Running":false}},"error":null}\n'],
      ['toProgram', '{"method":"RPCServer.Command","params":[{"name":"continue"}],"id":2}\n'],
      ['toProgram', '{"method":"RPCServer.ListSources","params":[{}],"id":3}\n'],
      ['toIde', '{"id":3,"result":{"State":{}},"error":null}\n'],
      ['toIde', '{"id":2,"result":{"State":{"Running":false}},"error":null}\n'],
      ['toProgram', '{"method":"RPCServer.Command","params":[{"name":"next"}],"id":4}\n'],
      ['toIde', '{"id":4,"result":{"State":{"Running":false,"exited":true}},"error":null}\n'],
    ],
    ['paused', 'resumed', 'paused', 'resumed'],
  ],
}

const names = Object.keys(conversations)

test.each(names)('%s', (name) => {
  const [steps, states] = conversations[name] ?? [[], []]
  expect(statesOf(steps)).toEqual(states)
})

test.each(names)('%s, byte by byte', (name) => {
  const [steps, states] = conversations[name] ?? [[], []]
  // Of the longest messages only the start.
  const split = (bytes: Buffer): Buffer[] => [
    ...[...bytes.subarray(0, 2_000)].map((byte) => Buffer.of(byte)),
    bytes.subarray(2_000),
  ]
  expect(statesOf(steps, split)).toEqual(states)
})

test.each(names)('%s, in random chunks', (name) => {
  const [steps, states] = conversations[name] ?? [[], []]
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed)
    const split = (bytes: Buffer): Buffer[] => {
      const chunks: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + Math.floor(random() ** 3 * Math.min(40_000, bytes.length))
        chunks.push(Buffer.from(bytes.subarray(at, end)))
        at = end
      }
      return chunks
    }
    expect(statesOf(steps, split), `seed ${seed}`).toEqual(states)
  }
})

test('random bytes after the start of any protocol never throw, and states stay in order', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomOf(seed)
    const [steps] = conversations[names[seed % names.length] ?? ''] ?? [[]]
    const noise = Array.from({ length: 20 }, (): Step => {
      const bytes = Buffer.from(Array.from({ length: 60 }, () => Math.floor(random() * 256)))
      return [random() < 0.5 ? 'toProgram' : 'toIde', bytes]
    })
    const kept = steps.slice(0, Math.floor(random() * (steps.length + 1)))
    const states = statesOf([...kept, ...noise])
    expect(states.every((state, at) => state === (at % 2 === 0 ? 'paused' : 'resumed'))).toBe(true)
    expect(states.length % 2).toBe(0)
  }
})

test('a conversation with changed bytes never throws', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomOf(seed)
    const [steps] = conversations[names[seed % names.length] ?? ''] ?? [[]]
    const changed = steps.map(([direction, data]): Step => {
      const bytes = Buffer.from(data).subarray(0, 4_000)
      for (let count = 0; count < 3; count++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      return [direction, bytes]
    })
    expect(statesOf(changed).length % 2).toBe(0)
  }
})

test('after a malformed part, nothing more is reported', () => {
  const stopped = dapMessage({ type: 'event', event: 'stopped' })
  expect(
    statesOf([
      ['toIde', dapMessage({ type: 'event', event: 'initialized' })],
      ['toIde', `Content-Type: x\r\n\r\n${'-'.repeat(10)}`],
      ['toIde', stopped],
    ]),
  ).toEqual([])
})

// ---

/** Returns random numbers from 0 to 1 that are the same for the same seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
