import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EventBus } from './events/bus.ts'
import type { RecentEvents } from './events/recent.ts'
import { decode } from './message/request.ts'

/** Access keys, which are added and removed with lanes. */
export interface Tenants {
  has(accessKeyId: string): boolean
  /** Adds a key; a no-op if there is one. */
  enter(accessKeyId: string): void
  /** Restores the declared buckets, empty. */
  reset(accessKeyId: string): void
  leave(accessKeyId: string): void
}

/** Starts with a character that bucket names cannot have. */
export const controlPrefix = '/_mesocosm/'

/**
 * Answers requests that are not part of S3: `GET ready`, `GET events?key=` (server-sent events), `GET recent?key=` (events
 * since the last reset, JSON), `PUT | POST | DELETE keys/<access key>` for enter, reset and leave.
 *
 * @throws {S3Error} `InvalidURI`.
 */
export const control = (
  request: IncomingMessage,
  response: ServerResponse,
  tenants: Tenants,
  bus: EventBus,
  recent: RecentEvents,
): void => {
  const url = new URL(request.url ?? '', 'http://control')
  const [what, text] = url.pathname.slice(controlPrefix.length).split('/')
  const key = decode(text ?? '')
  const asked = url.searchParams.get('key')
  if (what === 'events') openEvents(response, bus, asked)
  else if (what === 'recent')
    response
      .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(JSON.stringify(recent.of(asked ?? '')))
  else {
    const status = statusOf(request.method, what, key, tenants)
    // What was made before a reset is gone with it.
    if (status === 204 && what === 'keys') recent.forget(key)
    response.writeHead(status).end()
  }
}

// ---

/** A tenant's folder has its key in hex as its name, which can have 255 bytes. */
const maxKeyBytes = 127

const openEvents = (response: ServerResponse, bus: EventBus, key: string | null) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  // A client that has read this line gets every later event.
  response.write(': listening\n\n')
  const end = bus.listen((event) => {
    if (event.accessKeyId === key) response.write(`data: ${JSON.stringify(event)}\n\n`)
  })
  response.once('close', end)
}

const statusOf = (
  method: string | undefined,
  what: string | undefined,
  key: string,
  tenants: Tenants,
): number => {
  if (what === 'ready') return 204
  if (what !== 'keys' || key === '') return 404
  if (Buffer.byteLength(key) > maxKeyBytes) return 400
  if (method === 'PUT') tenants.enter(key)
  else if (!tenants.has(key)) return 404
  else if (method === 'POST') tenants.reset(key)
  else if (method === 'DELETE') tenants.leave(key)
  else return 405
  return 204
}
