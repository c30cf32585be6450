import { forArchitecture } from '../program/for-architecture.ts'

/**
 * Returns a static program that waits until it is killed: one ELF header, one segment, one loop. It needs nothing
 * of an image, and no memory to speak of.
 *
 * @param architecture as in image names: `amd64`, `arm64`.
 * @throws {MesocosmError} `ENGINE_FAILED` for any other.
 */
export const waitProgram = (architecture: string): Buffer => {
  const machine = forArchitecture(machines, architecture)
  const code = Buffer.from(machine.code, 'hex')
  const size = headerBytes + code.length
  const base = 0x400000n
  const elf = Buffer.alloc(headerBytes)
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  elf.writeUInt16LE(2, 16) // e_type: executable
  elf.writeUInt16LE(machine.elf, 18)
  elf.writeUInt32LE(1, 20)
  elf.writeBigUInt64LE(base + BigInt(headerBytes), 24) // e_entry
  elf.writeBigUInt64LE(64n, 32) // e_phoff
  elf.writeUInt16LE(64, 52)
  elf.writeUInt16LE(56, 54)
  elf.writeUInt16LE(1, 56)
  elf.writeUInt32LE(1, 64) // p_type: load
  elf.writeUInt32LE(5, 68) // p_flags: read, execute
  elf.writeBigUInt64LE(base, 80)
  elf.writeBigUInt64LE(base, 88)
  elf.writeBigUInt64LE(BigInt(size), 96)
  elf.writeBigUInt64LE(BigInt(size), 104)
  elf.writeBigUInt64LE(0x10000n, 112) // p_align: the largest page in use
  return Buffer.concat([elf, code])
}

const headerBytes = 120

const machines: Readonly<Record<string, { readonly elf: number; readonly code: string }>> = {
  // loop: mov eax, 34 (pause); syscall; jmp loop
  amd64: { elf: 62, code: 'b822000000' + '0f05' + 'ebf7' },
  // arm64 has no pause. loop: x0…x3 = 0; x8 = 73 (ppoll); svc 0; b loop
  arm64: {
    elf: 183,
    code: '000080d2010080d2020080d2030080d2' + '280980d2' + '010000d4' + 'faffff17',
  },
}
