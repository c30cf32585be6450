import { type ErrorFacts, MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'

/**
 * Returns the `SERVICE_CLIENT_FAILED` error of a service that does not answer a method of its handle.
 *
 * @param service its name.
 * @param cause what the client library threw.
 * @param more.request what is not answered, such as `GET /guests`; without it the message of `cause` is in its place.
 * @param more.facts facts besides `service`.
 */
export const unreachable = (
  service: string,
  cause: unknown,
  { request, facts }: { readonly request?: string; readonly facts?: ErrorFacts } = {},
): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} does not answer${request === undefined ? `: ${messageOf(cause)}` : ` ${request}`}`,
    remedy: `check lane.services.${service}.logs.text(), and start() the service if the test stopped it`,
    facts: { service, ...facts },
    cause,
  })
