import { expect, test } from 'vitest'
import { waitProgram } from './wait-program.ts'

test('the wait program for amd64 is a static ELF of 129 bytes', () => {
  const elf = waitProgram('amd64')
  expect(elf).toHaveLength(129)
  expect(elf.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01')
  expect(elf.readUInt16LE(18)).toBe(62)
  expect(elf.readBigUInt64LE(24)).toBe(0x400000n + 120n)
})

test('the wait program for arm64 is a static ELF with aligned instructions', () => {
  const elf = waitProgram('arm64')
  expect(elf.readUInt16LE(18)).toBe(183)
  expect(elf.length).toBe(120 + 7 * 4)
  expect(elf.readBigUInt64LE(24) % 4n).toBe(0n)
})

test('the wait program for another architecture is an error that names the supported ones', () => {
  expect(() => waitProgram('s390x')).toThrow(/amd64 or arm64/)
})
