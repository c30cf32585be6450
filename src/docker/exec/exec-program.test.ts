import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EngineApi } from '../api/engine-api.ts'
import { sourceHash } from './exec-binary.ts'
import { createExecPrograms, execProgram } from './exec-program.ts'

// Numbers of `e_machine` in the ELF specification.
test.each([
  ['amd64', 62],
  ['arm64', 183],
])('the program for %s is a static ELF of less than 8 KiB', (architecture, machine) => {
  const elf = execProgram(architecture)
  expect(elf.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01')
  expect(elf.readUInt16LE(16)).toBe(2)
  expect(elf.readUInt16LE(18)).toBe(machine)
  expect(elf.length).toBeLessThan(8_192)
})

test('the program for another architecture is an error that names the supported ones', () => {
  expect(() => execProgram('s390x')).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('amd64 or arm64') }),
  )
})

test('the programs are compiled from the present source', () => {
  const hash = createHash('sha256')
  for (const file of ['../program/freestanding.h', 'program/exec.c'])
    hash.update(readFileSync(join(import.meta.dirname, file)))
  expect(hash.digest('hex')).toBe(sourceHash)
})

test('a container gets the program once, again after a failure, and again when it was forgotten', async () => {
  const puts: string[] = []
  let fail = true
  const json = async (_: string, path: string, options: { file: NodeJS.ReadableStream }) => {
    options.file.resume()
    puts.push(path)
    if (fail) throw new Error('no space left')
  }
  const programs = createExecPrograms({ json } as unknown as EngineApi, async () => 'amd64')
  await expect(programs.place('a')).rejects.toThrow('no space left')
  fail = false
  await Promise.all([programs.place('a'), programs.place('a')])
  await programs.place('a')
  expect(puts).toHaveLength(2)
  programs.forget('a')
  await programs.place('a')
  expect(puts).toEqual(Array(3).fill('/containers/a/archive'))
})
