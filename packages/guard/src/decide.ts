import type { EngineRequest } from './http/engine-request.ts'
import { type Refusal, refusable, refuse } from './http/refusal.ts'
import type { RequestHead } from './http/request-head.ts'
import { isObject, type JsonObject } from './json/json.ts'
import { maxJsonBytes, readJson } from './json/read-json.ts'
import { archives } from './rules/archives.ts'
import { containers } from './rules/containers.ts'
import type { Answer, Context, Endpoint, Rebuilt } from './rules/endpoint.ts'
import { execs } from './rules/execs.ts'
import { images } from './rules/images.ts'
import { networks } from './rules/networks.ts'
import { system } from './rules/system.ts'
import { volumes } from './rules/volumes.ts'

/** Every endpoint that is not refused outright. */
export const endpoints: readonly Endpoint[] = [
  ...system,
  ...containers,
  ...execs,
  ...archives,
  ...images,
  ...networks,
  ...volumes,
]

/** Whether a request may reach the engine, and as what. */
export type Decision =
  | {
      /** The request to send; nothing of it is a copy of the client's bytes, except the archive of a `tar` body. */
      readonly allow: EngineRequest
      /** What to do with the answer. */
      readonly answer: Answer
      /** A request that the engine must answer with 404 before `allow` is sent; else the client gets 409. */
      readonly absent?: EngineRequest
    }
  | { readonly refuse: Refusal }

/**
 * Most bytes of the body to read before {@link decide}; `stream` for an archive, which is forwarded as it arrives.
 * Refuses what has no endpoint before its body is read.
 */
export const bodyLimit = (
  head: RequestHead,
): { readonly bytes: number } | { readonly stream: true } | { readonly refuse: Refusal } =>
  refusable(() => {
    const { endpoint } = findEndpoint(head)
    return endpoint.body === 'tar' ? { stream: true } : { bytes: maxJsonBytes }
  })

/**
 * Decides about one request. Pure except for `context.realPath`.
 *
 * @param body whole body, without chunk sizes; empty for an archive.
 * @throws only for a defect: every request gets a decision.
 */
export const decide = (head: RequestHead, body: Uint8Array, context: Context): Decision =>
  refusable(() => {
    const { endpoint, params } = findEndpoint(head)
    if (head.upgrade && endpoint.stream !== true) refuse(400, `upgrade is not allowed here`)
    const rebuilt = endpoint.rebuild(
      {
        method: head.method,
        params,
        query: readQuery(head, endpoint),
        json: readBody(head, body, endpoint),
        upgrade: head.upgrade,
      },
      context,
    )
    const { absent } = rebuilt
    return {
      allow: complete(head, rebuilt, context),
      answer: rebuilt.answer ?? { kind: 'pass' },
      ...(absent === undefined ? {} : { absent: lookUp(head, absent, context) }),
    }
  })

// ---

const findEndpoint = (head: RequestHead) => {
  for (const endpoint of endpoints) {
    if (!endpoint.methods.includes(head.method)) continue
    const params = match(endpoint.path.slice(1).split('/'), head.path)
    if (params !== undefined) return { endpoint, params }
  }
  return refuse(
    403,
    `${head.method} /${head.path.join('/')} is not allowed by the guard; it allows containers, execs, networks and volumes of this session, and pulls of listed images`,
  )
}

/** Returns what the placeholders stand for; `undefined` if the path is another one. */
const match = (
  template: readonly string[],
  path: readonly string[],
): Readonly<Record<string, string>> | undefined => {
  const wide = template.findIndex((part) => part.endsWith('...}'))
  const extra = path.length - template.length
  if (wide < 0 ? extra !== 0 : extra < 0) return undefined
  const params: Record<string, string> = {}
  let at = 0
  for (const [index, part] of template.entries()) {
    const taken = path.slice(at, at + 1 + (index === wide ? extra : 0))
    at += taken.length
    if (part.startsWith('{')) params[part.replaceAll(/[{}.]/g, '')] = taken.join('/')
    else if (part !== taken[0]) return undefined
  }
  return params
}

const readQuery = (head: RequestHead, endpoint: Endpoint): ReadonlyMap<string, string> => {
  const query = new Map<string, string>()
  const allowed = endpoint.query ?? {}
  for (const [name, value] of head.query) {
    const pattern = Object.hasOwn(allowed, name) ? allowed[name] : undefined
    if (pattern === undefined) {
      if (endpoint.droppedQuery === 'any' || endpoint.droppedQuery?.includes(name)) continue
      const names = Object.keys(allowed).join(', ') || 'none'
      refuse(403, `parameter ${JSON.stringify(name)} is not allowed; use ${names}`)
    } else if (query.has(name)) refuse(400, `parameter ${name} is repeated`)
    else if (!pattern.test(value)) refuse(403, `parameter ${name} has a value that is not allowed`)
    else query.set(name, value)
  }
  return query
}

const readBody = (head: RequestHead, body: Uint8Array, endpoint: Endpoint): JsonObject => {
  const kind = endpoint.body ?? 'none'
  // The type of an archive is written again, so any is accepted: docker cp sends text/plain.
  if (kind === 'tar') return new Map()
  if (body.length === 0) return new Map()
  // The engine reads parameters from a form and prefers them to the query.
  if (head.contentType !== 'application/json')
    refuse(403, `a body must have the content-type application/json`)
  const read = readJson(body)
  if ('refuse' in read) return refuse(read.refuse.status, read.refuse.message)
  if (!isObject(read.json)) return refuse(400, 'the body must be an object')
  if (kind === 'none') refuseOther(read.json, endpoint)
  return read.json
}

const refuseOther = (json: JsonObject, { query = {}, droppedQuery = [] }: Endpoint): void => {
  for (const key of json.keys())
    if (!Object.hasOwn(query, key) && droppedQuery !== 'any' && !droppedQuery.includes(key))
      refuse(403, `a body with ${JSON.stringify(key)} is not allowed here; send none`)
}

const complete = (head: RequestHead, rebuilt: Rebuilt, context: Context): EngineRequest => ({
  method: head.method,
  version: head.version ?? context.session.apiVersion,
  path: rebuilt.path,
  query: Object.entries(rebuilt.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  ),
  body: rebuilt.body ?? { kind: 'none' },
  upgrade: head.upgrade,
})

const lookUp = (head: RequestHead, path: readonly string[], context: Context): EngineRequest => ({
  ...complete(head, { path }, context),
  method: 'GET',
  upgrade: false,
})
