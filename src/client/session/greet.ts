import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { protocolVersion, type ResultOf, type RunFacts } from '../../protocol/methods.ts'
import { isProof, newNonce, proofOf } from '../../protocol/proof.ts'
import type { Caller } from './caller.ts'

/** Who greets, and how long the supervisor may take to answer. */
export interface Greeting {
  /** The secret of the run; it is not sent. */
  readonly token: string
  /** Name of this client in `mesocosm ps`. */
  readonly client: string
  /** Watches without keeping the run alive. */
  readonly observer?: boolean
  /** A debugger of this process is open; default `false`. */
  readonly debugged?: boolean
  /** Name of the run and path of its socket, for errors. */
  readonly run: { readonly name: string; readonly socket: string }
  readonly timeoutMs: number
}

/**
 * Greets the supervisor at the other end, after it has proved that it knows the token of the run.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE` when it cannot prove that, `PROTOCOL` for another version.
 */
export const greet = async (
  caller: Caller,
  { token, client, observer, debugged = false, run, timeoutMs }: Greeting,
): Promise<RunFacts> => {
  const options = { timeoutMs, what: `the greeting of the supervisor of run ${run.name}` }
  const nonce = newNonce()
  const answer = await caller
    .call('challenge', { version: protocolVersion, nonce }, options)
    .catch((error: unknown) => {
      throw isMesocosmError(error) && error.code === 'PROTOCOL' ? otherVersion(error) : error
    })
  // What answers may be any process, so the shape of the answer is not known either.
  const { nonce: other, proof } = (answer ?? {}) as Partial<ResultOf<'challenge'>>
  const nonces = { client: nonce, supervisor: String(other) }
  if (!isProof(proof, token, 'supervisor', nonces)) throw impostor(run)
  return caller.call(
    'hello',
    {
      proof: proofOf(token, 'client', nonces),
      client,
      pid: process.pid,
      ...(observer === undefined ? {} : { observer }),
      ...(debugged ? { debugged } : {}),
    },
    options,
  )
}

// ---

/** Supervisors before version 3 do not know the first call, and give no remedy. */
const otherVersion = (cause: MesocosmError) =>
  new MesocosmError({
    code: 'PROTOCOL',
    message: cause.summary,
    remedy:
      cause.remedy ??
      'end the old supervisor with `mesocosm down`, or use one version of mesocosm in the project',
    cause,
  })

const impostor = ({ name, socket }: Greeting['run']) =>
  new MesocosmError({
    code: 'SUPERVISOR_UNREACHABLE',
    message: `the process at ${socket} does not know the token of run ${name}, so nothing was sent to it`,
    remedy: 'set TMPDIR to a folder that only you can write to',
    facts: { path: socket },
  })
