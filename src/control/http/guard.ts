import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RequestError } from './errors.ts'

/** Who may call, and under which names. */
export interface Door {
  readonly token: string
  /** Values of the `Host` header, lower case, under which the server is known. */
  readonly hosts: ReadonlySet<string>
}

/**
 * Throws `REQUEST_DENIED` unless the request comes from a program that knows the token: pages of browsers are refused
 * whatever they know, by the headers that every browser sends, and by `Host` if a name was bound to this address.
 */
export const assertAllowed = ({ headers, rawHeaders }: IncomingMessage, door: Door): void => {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host')
  if (hosts.length > 1 || !door.hosts.has(headers.host?.toLowerCase() ?? ''))
    throw denied(403, `the Control API is not known as "${headers.host ?? ''}"`, usual)
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || (site !== undefined && site !== 'none'))
    throw denied(403, 'the Control API answers no web pages', 'call it from a test or a script')
  const given = /^bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (given === undefined || !isSame(given, door.token))
    throw denied(
      401,
      given === undefined ? 'the request has no token' : 'the token is not that of this lane',
      'send the header `Authorization: Bearer <MESOCOSM_TOKEN>`',
      { 'www-authenticate': 'Bearer realm="mesocosm"' },
    )
}

// ---

const usual = 'use MESOCOSM_URL as it is'

/** Compares digests, so that neither time nor length shows how much of the token was right. */
const isSame = (given: string, token: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(token))

const digestOf = (text: string) => createHash('sha256').update(text).digest()

const denied = (
  status: 401 | 403,
  message: string,
  remedy: string,
  headers?: Readonly<Record<string, string>>,
) => new RequestError(status, { code: 'REQUEST_DENIED', message, remedy }, headers)
