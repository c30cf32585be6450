import { MesocosmError } from 'mesocosm'
import type { Policy } from '../policy/policy.ts'
import type { Answer } from '../rules/endpoint.ts'
import { sessionLabel } from '../rules/endpoint.ts'
import type { Session } from '../session/session.ts'
import { filterAnswer } from './filter-answer.ts'

/** A whole answer of the engine, or of the guard in its place. */
export interface EngineAnswer {
  /** HTTP status. */
  readonly status: number
  /** Body, UTF-8. */
  readonly body: string
}

/**
 * Adds to the session what a request has created, removes what it has removed, and returns what the client may see.
 * Streams and events do not pass here; see `keepsEvent`.
 *
 * @returns 409 for a volume that existed before: it is another session's.
 * @throws {MesocosmError} `ENGINE_FAILED` if something was created and the answer has no id.
 */
export const settle = (
  answer: Answer,
  got: EngineAnswer,
  { session, policy }: { readonly session: Session; readonly policy: Policy },
): EngineAnswer => {
  if (answer.kind === 'removed' && got.status === 404) remove(answer, session)
  if (got.status < 200 || got.status > 299) return got
  switch (answer.kind) {
    case 'created container': {
      const { writesHost, binds, name } = answer
      const named = name === undefined ? {} : { name }
      session.addContainer({ id: idOf(got), writesHost, binds, ...named })
      return got
    }
    case 'created network':
      session.addNetwork({ id: idOf(got), name: answer.name })
      return got
    case 'created exec':
      session.addExec(idOf(got), answer.container)
      return got
    case 'created volume':
      return settleVolume(answer.name, got, session)
    case 'renamed container':
      session.addContainer({ ...answer.container, name: answer.name })
      return got
    case 'removed':
      remove(answer, session)
      return got
    case 'filter':
      return { ...got, body: filterAnswer(answer.what, got.body, session, policy) }
    default:
      return got
  }
}

// ---

const idOf = ({ status, body }: EngineAnswer): string => {
  const { Id } = JSON.parse(body) as { readonly Id?: unknown }
  if (typeof Id !== 'string' || !/^[0-9a-f]{64}$/.test(Id))
    throw new MesocosmError({
      code: 'ENGINE_FAILED',
      message: 'the engine answered a create request without an id',
      remedy: 'check that the socket of the engine is that of a Docker engine',
      facts: { status, id: Id },
    })
  return Id
}

/** The secret of the session in the label proves that the engine has created the volume now or for this session before. */
const settleVolume = (name: string, got: EngineAnswer, session: Session): EngineAnswer => {
  const { Labels } = JSON.parse(got.body) as { readonly Labels?: Record<string, string> | null }
  if (Labels?.[sessionLabel] === session.id) {
    session.addVolume(name)
    return got
  }
  const message = `volume ${name} exists and is not of this session; use another name`
  return { status: 409, body: `${JSON.stringify({ message })}\n` }
}

const remove = ({ what, id }: Extract<Answer, { kind: 'removed' }>, session: Session): void => {
  if (what === 'container') session.removeContainer(id)
  else if (what === 'network') session.removeNetwork(id)
  else session.removeVolume(id)
}
