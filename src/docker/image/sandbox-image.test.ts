import { expect, test } from 'vitest'
import { sandboxImage, sandboxProgram } from './sandbox-image.ts'

test('is a static ELF of 129 bytes for amd64', () => {
  const elf = sandboxProgram('amd64')
  expect(elf).toHaveLength(129)
  expect(elf.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01')
  expect(elf.readUInt16LE(18)).toBe(62)
  expect(elf.readBigUInt64LE(24)).toBe(0x400000n + 120n)
})

test('is a static ELF for arm64, whose instructions are aligned', () => {
  const elf = sandboxProgram('arm64')
  expect(elf.readUInt16LE(18)).toBe(183)
  expect(elf.length).toBe(120 + 7 * 4)
  expect(elf.readBigUInt64LE(24) % 4n).toBe(0n)
})

test('names the image after its content', () => {
  expect(sandboxImage('amd64').reference).toMatch(/^mesocosm\/sandbox:[0-9a-f]{12}$/)
  expect(sandboxImage('amd64').tag).not.toBe(sandboxImage('arm64').tag)
})

test('says which architectures there are', () => {
  expect(() => sandboxProgram('s390x')).toThrow(/amd64 or arm64/)
})
