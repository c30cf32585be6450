import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { protocolVersion } from './methods.ts'

/*
 * How client and supervisor show each other that they know the token of the run, without sending it. Each makes a
 * nonce; a proof is the HMAC-SHA256 of both nonces and the name of its side, with the token as key. A
 * process that answers in the place of the supervisor learns neither the token nor anything about the client, and what
 * it records is refused on every other connection.
 *
 *   client      challenge { version, nonce }     →
 *               ← { nonce, proof }               supervisor: proof checked before the client says anything else
 *   client      hello { proof, client, pid, … }  →
 *               ← facts of the run               supervisor
 */

/** The nonces of one connection. */
export interface Nonces {
  readonly client: string
  readonly supervisor: string
}

/** Returns 256 random bits. */
export const newNonce = (): string => randomBytes(32).toString('base64url')

/** Returns the proof of a side; the proofs of the two sides differ, so none can be returned to its sender. */
export const proofOf = (token: string, side: keyof Nonces, nonces: Nonces): string =>
  createHmac('sha256', token)
    .update(JSON.stringify(['mesocosm', protocolVersion, side, nonces.client, nonces.supervisor]))
    .digest('base64url')

/** Returns whether a side knows the token; takes the same time for every wrong proof of the right length. */
export const isProof = (
  proof: unknown,
  token: string,
  side: keyof Nonces,
  nonces: Nonces,
): boolean => {
  const given = Buffer.from(String(proof))
  const right = Buffer.from(proofOf(token, side, nonces))
  return given.length === right.length && timingSafeEqual(given, right)
}
