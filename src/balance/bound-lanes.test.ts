import { expect, test } from 'vitest'
import { boundLanes } from './bound-lanes.ts'

const gib = 2 ** 30

test('lanes that the engine has CPUs and memory for all run', () => {
  const needs = { cpus: 4, memoryBytes: 8 * gib, services: [undefined, 256] }
  expect(boundLanes(8, needs)).toEqual({ lanes: 8 })
})

test('memory limits the lanes, by the limits of their services', () => {
  const needs = { cpus: 16, memoryBytes: 8 * gib, services: [2048, undefined] }
  expect(boundLanes(8, needs)).toEqual({
    lanes: 2,
    why: '2 lanes instead of 8: a lane needs about 2176 MiB, and the engine has 6144 MiB for them',
  })
})

test('CPUs limit the lanes to two per CPU', () => {
  const needs = { cpus: 1, memoryBytes: 64 * gib, services: [] }
  expect(boundLanes(3, needs)).toEqual({
    lanes: 2,
    why: '2 lanes instead of 3: the engine has 1 CPU, enough for 2 lanes',
  })
})

test('one lane always runs', () => {
  expect(boundLanes(4, { cpus: 2, memoryBytes: gib, services: [4096] })).toMatchObject({ lanes: 1 })
})
