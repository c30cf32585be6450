import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createDebugObserver } from './create-observer.ts'
import type { DebugState } from './observer.ts'

type Recorded = readonly (readonly ['toProgram' | 'toIde', string])[]

/** What debuggers and programs said to each other when a breakpoint was set, hit and left: chunks in base64. */
const read = (name: string): Recorded => {
  const bytes = readFileSync(join(import.meta.dirname, 'recorded', `${name}.json.gz`))
  return JSON.parse(gunzipSync(bytes).toString()) as Recorded
}

/** @param size of the pieces that each chunk is cut into. */
const statesOf = (recorded: Recorded, size: number): readonly DebugState[] => {
  const states: DebugState[] = []
  const observer = createDebugObserver((state) => states.push(state))
  for (const [direction, base64] of recorded) {
    const bytes = Buffer.from(base64, 'base64')
    for (let at = 0; at < bytes.length; at += size)
      observer[direction](bytes.subarray(at, at + size))
  }
  observer.end()
  return states
}

test.each([
  ['Node 24, before its first line and at a breakpoint', 'node', 2],
  ['debugpy 1.8, at a breakpoint that is hit twice', 'debugpy', 2],
  ['Xdebug 3.4, when it has connected and at a breakpoint', 'xdebug', 2],
  ['jdb 21, when the machine has started and at a breakpoint', 'jdb', 2],
  ['Delve 1.24 over DAP, at a breakpoint', 'delve-dap', 1],
  ['dlv connect 1.24, before the start, at a breakpoint and after a step', 'dlv-connect', 3],
])('a recorded conversation pauses and resumes: %s', (_, name, pauses) => {
  const expected = Array.from({ length: pauses }, () => ['paused', 'resumed']).flat()
  const recorded = read(name)
  for (const size of [2 ** 30, 1_024, 7])
    expect(statesOf(recorded, size), `pieces of ${size} bytes`).toEqual(expected)
})
