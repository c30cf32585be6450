import type { EnvPatch } from '../../define/env-patch.ts'
import type { BaseHandle } from '../../define/handle.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../../errors/unknown-error.ts'
import type { Spans } from '../../trace/event/event.ts'
import { traceparentOf } from '../../trace/event/trace-context.ts'
import { checkCall } from '../arguments/check-call.ts'
import type { LaneLink } from '../lane/lane-link.ts'
import { withEnd } from './ended-service.ts'
import { fetchArguments } from './method-arguments.ts'

/** A port that is requested. */
export interface FetchedPort {
  readonly link: LaneLink
  /** Handle of its service. */
  readonly base: BaseHandle<EnvPatch>
  /** Name of the port. */
  readonly port: string
  /** Returns its URL; throws if there is none. */
  readonly url: () => string
}

/** Sends an HTTP request to a port, as a call of the record that its `traceparent` names. */
export const fetchAt = (
  fetched: FetchedPort,
  path: string | URL,
  init: RequestInit | undefined,
): Promise<Response> => {
  const { link, base, port } = fetched
  const service = base.name
  const method = `${init?.method ?? 'GET'}`.toUpperCase()
  return link.act(
    `${port}.fetch`,
    { service, http: { method, path: String(path) }, outcome: responseFacts(init) },
    async () => {
      const request = requestOf(fetched, path, init)
      try {
        return await fetch(request)
      } catch (error) {
        if (request.signal.aborted) throw error
        throw await withEnd(link, service, () => base.logs, unanswered(fetched, request, error))
      }
    },
  )
}

// ---

/** @throws {MesocosmError} `ARGUMENT_INVALID`, `SERVICE_NOT_STARTED`. */
const requestOf = (
  { link, base: { name: service }, port, url }: FetchedPort,
  path: string | URL,
  init: RequestInit | undefined,
): Request => {
  const method = `${service}.${port}.fetch`
  checkCall({ method, lane: link.name, service }, fetchArguments(path, init))
  const server = new URL(url())
  const refuse = (message: string, remedy: string, cause?: unknown) =>
    new MesocosmError({
      code: 'ARGUMENT_INVALID',
      message: `invalid argument of ${method}: ${message}`,
      remedy,
      facts: { service, lane: link.name, url: server.href },
      ...(cause === undefined ? {} : { cause }),
    })
  if (!/^https?:$/.test(server.protocol))
    throw refuse(
      `port ${port} speaks ${server.protocol.slice(0, -1)}, not HTTP`,
      `declare it as ports: { ${port}: { port: …, scheme: 'http' } }, or use the global fetch`,
    )
  const target = URL.parse(String(path), server.href)
  if (target === null) throw refuse(`path is not a URL: ${path}`, 'start the path with a slash')
  if (target.origin !== server.origin)
    throw refuse(
      `path is at ${target.origin}, but ${service} at ${server.origin}`,
      'pass a path such as "/health", or use the global fetch for another server',
    )
  try {
    const request = new Request(target, init)
    const { test, span } = link.record
    if (span !== undefined && !request.headers.has('traceparent'))
      request.headers.set('traceparent', traceparentOf(test, span))
    return request
  } catch (error) {
    throw refuse(messageOf(error), 'correct init; nothing was sent', error)
  }
}

const unanswered = (
  { base: { name: service }, port, link }: FetchedPort,
  { method, url }: Request,
  error: unknown,
): MesocosmError => {
  const { pathname, search, hostname } = new URL(url)
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const elsewhere =
    typeof cause === 'object' && cause !== null && 'hostname' in cause ? cause.hostname : hostname
  return new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} does not answer ${method} ${pathname}${search}: ${reasonOf(cause)}`,
    remedy:
      elsewhere === hostname
        ? `check ${service}.logs.text(), and that its program listens on all addresses at the port ${port}`
        : `pass { redirect: 'manual' }: the response redirects to ${elsewhere}, which the test does not reach`,
    facts: { service, lane: link.name, port, url, reason: codeOf(cause) },
    cause: error,
  })
}

/** An attempt on several addresses fails with an error that has no message. */
const reasonOf = (cause: unknown): string => {
  if (cause instanceof AggregateError && cause.message === '')
    return [...new Set(cause.errors.map(messageOf))].join(', ')
  return messageOf(cause)
}

const responseFacts =
  (init: RequestInit | undefined) =>
  (result: unknown): Pick<Spans['call']['end'], 'http'> => {
    const { status, headers, redirected, url } = result as Response
    const received = headers.get('content-length')
    const sent = sizeOf(init?.body)
    return {
      http: {
        status,
        ...(sent === undefined ? {} : { sent }),
        ...(received === null ? {} : { received: Number(received) }),
        ...(redirected ? { redirected: url } : {}),
      },
    }
  }

/** Returns the bytes of a body; `undefined` for one that is sent as it is read. */
const sizeOf = (body: unknown): number | undefined => {
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return Buffer.byteLength(String(body))
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength
  return body instanceof Blob ? body.size : undefined
}
