import { reflectedCrc64 } from './crc64-nvme.ts'

/**
 * Returns the CRC of two concatenated pieces from their CRCs. The first is extended by as many zero bytes as the second
 * has, which is a multiplication by x^(8n) modulo the polynomial, and the second is added.
 */
export const combineCrc = (
  algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME',
  first: Buffer,
  second: Buffer,
  secondLength: number,
): Buffer => {
  const { polynomial, bits } = parameters[algorithm]
  const moved = multiply(
    powerOfX(BigInt(secondLength) * 8n, polynomial, bits),
    toNumber(first),
    polynomial,
    bits,
  )
  return Buffer.from((moved ^ toNumber(second)).toString(16).padStart(Number(bits) / 4, '0'), 'hex')
}

// ---

const parameters = {
  CRC32: { polynomial: 0xedb88320n, bits: 32n },
  CRC32C: { polynomial: 0x82f63b78n, bits: 32n },
  CRC64NVME: { polynomial: reflectedCrc64, bits: 64n },
} as const

const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

/** Polynomials are reflected: the highest bit is the coefficient of 1. */
const multiply = (a: bigint, b: bigint, polynomial: bigint, bits: bigint): bigint => {
  let product = 0n
  let factor = b
  for (let mask = 1n << (bits - 1n); mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= factor
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n
  }
  return product
}

const powerOfX = (exponent: bigint, polynomial: bigint, bits: bigint): bigint => {
  let result = 1n << (bits - 1n)
  let square = 1n << (bits - 2n)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square, polynomial, bits)
    square = multiply(square, square, polynomial, bits)
  }
  return result
}
