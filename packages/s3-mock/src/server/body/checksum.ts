import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Crc32c } from '@aws-crypto/crc32c'
import { createCrc64Nvme } from './crc64-nvme.ts'

/** Algorithms of S3's checksums, as XML documents name them. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
/** Algorithm of a checksum. */
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

/** `COMPOSITE`: the checksum of the parts' checksums. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** A checksum of an object or a part. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  /** Base64; a composite one ends in `-<parts>`. */
  readonly value: string
  readonly type: ChecksumType
}

/** Computes one checksum. */
export interface Meter {
  update(bytes: Uint8Array): void
  digest(): Buffer
}

/** Returns a meter for one body. */
export const createMeter = (algorithm: ChecksumAlgorithm | 'MD5'): Meter => {
  switch (algorithm) {
    case 'CRC32': {
      let value = 0
      return {
        update(bytes) {
          value = crc32(bytes, value)
        },
        digest: () => uint32(value),
      }
    }
    case 'CRC32C': {
      const crc = new Crc32c()
      return { update: (bytes) => void crc.update(bytes), digest: () => uint32(crc.digest()) }
    }
    case 'CRC64NVME':
      return createCrc64Nvme()
    default: {
      const hash = createHash(algorithm.toLowerCase())
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
    }
  }
}

/** Length of each checksum in bytes. */
export const checksumLength: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
}

/** Returns the name of a checksum's header. */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`

/** Returns the name of a checksum in XML documents. */
export const checksumElement = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`

/** Parses the name of an algorithm in any case; `undefined` if it is unknown. */
export const readAlgorithm = (text: string): ChecksumAlgorithm | undefined =>
  checksumAlgorithms.find((algorithm) => algorithm === text.toUpperCase())

/** Returns a checksum as XML elements. */
export const checksumElements = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }

/** Returns a checksum as headers. */
export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : {
        [checksumHeader(checksum.algorithm)]: checksum.value,
        'x-amz-checksum-type': checksum.type,
      }

// ---

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
