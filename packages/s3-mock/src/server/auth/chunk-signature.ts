import { createHash, type Hash } from 'node:crypto'
import { S3Error } from '../s3-error.ts'
import { type Scope, sameText, sha256, sign } from './canonical.ts'

/** The signature of a request, from which the signatures of its body start. */
export interface Seed {
  readonly key: Buffer
  readonly scope: Scope
  readonly date: string
  readonly signature: string
}

/** Checks the signatures of a body's chunks. Each includes the previous one. */
export interface ChunkVerifier {
  /** Starts a chunk. */
  begin(): void
  /** Adds bytes of the chunk. */
  update(bytes: Uint8Array): void
  /** Ends the chunk. @throws {S3Error} `SignatureDoesNotMatch`. */
  end(signature: string | undefined): void
  /** Checks the trailers. @param lines `name:value\n` of each trailer, in order. */
  trailer(lines: string, signature: string | undefined): void
}

const emptyHash = sha256('')

/** Returns a verifier for one body. */
export const createChunkVerifier = ({ key, scope, date, signature }: Seed): ChunkVerifier => {
  let previous = signature
  let hash: Hash = createHash('sha256')
  const check = (kind: string, parts: readonly string[], given: string | undefined) => {
    const text = [`AWS4-HMAC-SHA256-${kind}`, date, scope.text, previous, ...parts].join('\n')
    const expected = sign(key, text)
    if (given === undefined || !sameText(given, expected))
      throw new S3Error('SignatureDoesNotMatch', { details: { StringToSign: text } })
    previous = expected
  }
  return {
    begin() {
      hash = createHash('sha256')
    },
    update: (bytes) => void hash.update(bytes),
    end: (given) => check('PAYLOAD', [emptyHash, hash.digest('hex')], given),
    trailer: (lines, given) => check('TRAILER', [sha256(lines)], given),
  }
}
