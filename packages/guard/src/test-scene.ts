import type { Decision } from './decide.ts'
import { decide } from './decide.ts'
import { BodyReader } from './http/body-reader.ts'
import type { EngineRequest } from './http/engine-request.ts'
import { readHead } from './http/read-head.ts'
import { writeRequest } from './http/write-request.ts'
import { definePolicy } from './policy/define-policy.ts'
import type { Policy } from './policy/policy.ts'
import type { Context } from './rules/endpoint.ts'
import { Session } from './session/session.ts'

/** Ids of the scene. `foreign` belongs to another session. */
export const ids = {
  web: `aa11${'0'.repeat(60)}`,
  writer: `bb22${'0'.repeat(60)}`,
  foreign: `ff99${'0'.repeat(60)}`,
  network: `dd44${'0'.repeat(60)}`,
  backend: `dd55${'0'.repeat(60)}`,
  exec: `ee66${'0'.repeat(60)}`,
  writerExec: `ee77${'0'.repeat(60)}`,
} as const

/** Links of the scene's file system; other paths below `/srv` and `/data` exist as they are. */
const links: Readonly<Record<string, string>> = {
  '/srv/app/evil': '/etc',
  '/srv/app/inner': '/srv/app/src',
}

/** A session with two containers, two networks, a volume and two execs, and a policy with two roots. */
export const scene = (policy: Partial<Policy> = {}): Context & { readonly session: Session } => {
  const session = new Session({
    id: 'secret-of-the-session',
    apiVersion: '1.44',
    network: { id: ids.network, name: 'mesocosm-default' },
  })
  session.addNetwork({ id: ids.backend, name: 'backend' })
  session.addContainer({ id: ids.web, name: 'web', writesHost: false, binds: [] })
  session.addContainer({ id: ids.writer, name: 'writer', writesHost: true, binds: ['/srv/app'] })
  session.addVolume('data')
  session.addExec(ids.exec, ids.web)
  session.addExec(ids.writerExec, ids.writer)
  return {
    session,
    policy: definePolicy({
      images: ['alpine', 'postgres:16', 'ghcr.io/acme/*'],
      bindRoots: [
        { path: '/srv/app', access: 'rw' },
        { path: '/data/fixtures', access: 'ro' },
      ],
      user: '1000:1000',
      hostPorts: [8000, 8999],
      ...policy,
    }),
    realPath: (path) => {
      for (const [link, to] of Object.entries(links))
        if (path === link || path.startsWith(`${link}/`)) return to + path.slice(link.length)
      return /^\/(?:srv|data|etc)(?:\/[\w.-]+)*$/.test(path) && !path.includes('..')
        ? path
        : undefined
    },
  }
}

/** Writes a request as a client does. A string is a raw body. */
export const http = (line: string, body?: unknown, fields: readonly string[] = []): string => {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const type = text === '' ? [] : ['Content-Type: application/json']
  const length = `Content-Length: ${Buffer.byteLength(text)}`
  return [`${line} HTTP/1.1`, 'Host: docker', ...type, length, ...fields, '', text].join('\r\n')
}

/** Decides about the bytes of one request. */
export const ask = (context: Context, bytes: string | Uint8Array): Decision => {
  const given = Buffer.from(bytes)
  const read = readHead(given)
  if ('more' in read) throw new Error('the request is not complete')
  if ('refuse' in read) return read
  const body = new BodyReader(read.head.framing, 16 * 1024 * 1024).push(given.subarray(read.length))
  if ('refuse' in body) return body
  return decide(read.head, Buffer.concat(body.data), context)
}

/** Returns the status of a refusal, and `200` for what is allowed. */
export const statusOf = (decision: Decision): number =>
  'refuse' in decision ? decision.refuse.status : 200

/** Returns the allowed request; throws the refusal. */
export const allowed = (decision: Decision): EngineRequest => {
  if ('refuse' in decision) throw new Error(decision.refuse.message)
  return decision.allow
}

/** Returns the body that the engine reads, as plain data. */
export const bodyOf = (decision: Decision): Record<string, never> => {
  const text = Buffer.from(writeRequest(allowed(decision))).toString()
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
}

/** Returns the request line that the engine reads. */
export const lineOf = (decision: Decision): string =>
  Buffer.from(writeRequest(allowed(decision)))
    .toString()
    .split('\r\n', 1)[0]
    ?.replace(/ HTTP.*/, '') ?? ''

/** Random choices that are the same for the same seed. */
export interface Random {
  /** An integer from 0 to below `below`. */
  int(below: number): number
  /** One of the items. */
  pick<T>(items: readonly T[]): T
}

/** mulberry32: small, seeded, the same on every machine. */
export const randomOf = (seed: number): Random => {
  let state = seed * 0x9e3779b9
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return { int, pick: (items) => items[int(items.length)] as never }
}
