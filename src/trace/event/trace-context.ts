import type { SpanId } from './event.ts'

/*
 * What requests of a test carry, so that what services report about them can be found again: W3C Trace Context. The
 * ids are digests of ids of the record. The digest is FNV-1a, because readers in browsers have no synchronous SHA.
 */

/** Returns the trace id of a test attempt, `<id>#<attempt>`: 32 hexadecimal digits. */
export const traceIdOf = (test: string): string => fnv1a(test, of128)

/** Returns the id of a span in trace contexts: 16 hexadecimal digits. */
export const parentIdOf = (span: SpanId): string => fnv1a(span, of64)

/**
 * Returns the value of the header `traceparent` for a request that a span makes. Outside of tests the span begins a
 * trace of its own.
 */
export const traceparentOf = (test: string | undefined, span: SpanId): string =>
  `00-${traceIdOf(test ?? span)}-${parentIdOf(span)}-01`

// ---

interface Digest {
  readonly bits: number
  readonly offset: bigint
  readonly prime: bigint
}

/** Parameters of FNV-1a (RFC 9923). */
const of64: Digest = { bits: 64, offset: 0xcbf29ce484222325n, prime: 0x100000001b3n }
const of128: Digest = {
  bits: 128,
  offset: 0x6c62272e07bb014262b821756295c58dn,
  prime: 0x1000000000000000000013bn,
}

const fnv1a = (text: string, { bits, offset, prime }: Digest): string => {
  let digest = offset
  for (const byte of new TextEncoder().encode(text))
    digest = BigInt.asUintN(bits, (digest ^ BigInt(byte)) * prime)
  // An id of zeros is invalid.
  return (digest === 0n ? 1n : digest).toString(16).padStart(bits / 4, '0')
}
