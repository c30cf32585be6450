import type { StubRequest } from '../operations.ts'
import { faultLine, type WireRequest } from '../wire.ts'

/** Returns a request as tests see it. */
export const requestOf = (wire: WireRequest): StubRequest => ({
  id: wire.id,
  at: new Date(wire.at),
  method: wire.method,
  path: wire.path,
  route: wire.route,
  operationId: wire.operationId,
  params: wire.params,
  query: wire.query,
  headers: wire.headers,
  body: wire.body,
  status: wire.status,
  answeredBy: wire.answeredBy,
  faults: wire.faults,
})

/** Returns a request as a line of an error: `POST /charges 201 by example {"amount":1}`. */
export const requestLine = ({
  method,
  path,
  status,
  answeredBy,
  body,
  faults,
}: StubRequest): string =>
  [
    `${method} ${path}`,
    status === undefined ? '(no status)' : String(status),
    answeredBy === undefined ? '' : `by ${answeredBy}`,
    body === undefined ? '' : cut(typeof body === 'string' ? body : JSON.stringify(body)),
    faults.length === 0 ? '' : `✗ ${faults.map(faultLine).join('; ')}`,
  ]
    .filter((part) => part !== '')
    .join(' ')

// ---

const cut = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text)
