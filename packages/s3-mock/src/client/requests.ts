import { createHash } from 'node:crypto'
import { sendRequest } from 'mesocosm/plugin'
import { encodeStrictly } from '../percent.ts'
import type { S3Endpoint } from './endpoint.ts'
import { refused } from './refused.ts'

/** A request, before it is signed. */
export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly bucket?: string
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
}

/** Signed requests to one server. They throw `SERVICE_CLIENT_FAILED` if it does not answer. */
export interface Requests {
  /** Returns the response of any status. */
  send(call: S3Call): Promise<Response>
  /** Returns the response if its status is 200–299, else throws S3's refusal. */
  ok(call: S3Call): Promise<Response>
  /** Returns a URL that is signed for `expiresInS` seconds. */
  presign(
    call: Omit<S3Call, 'signal' | 'body'>,
    options: { readonly expiresInS: number; readonly url: string },
  ): Promise<string>
}

/** Returns the requests to a server. */
export const createRequests = (endpoint: S3Endpoint): Requests => {
  const send: Requests['send'] = async (call) => {
    const { method, body, signal } = call
    const payload = createHash('sha256')
      .update(body ?? '')
      .digest('hex')
    return await sendRequest(
      { service: endpoint.service, request: describe(call) },
      async () => {
        const target = targetOf(endpoint.url, call)
        const signer = await signerFor(endpoint)
        const signed = await signer.sign({
          ...target,
          headers: { ...target.headers, 'x-amz-content-sha256': payload },
        })
        const { host: _, ...headers } = signed.headers
        return fetch(endpoint.url + target.path + search(target.query), {
          method,
          headers,
          signal,
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        })
      },
      signal,
    )
  }
  return {
    send,
    async ok(call) {
      const response = await send(call)
      if (response.ok) return response
      throw await refused(endpoint.service, describe(call), response)
    },
    async presign(call, { expiresInS, url }) {
      const signer = await signerFor(endpoint)
      const { path, query } = await signer.presign(targetOf(url, call), { expiresIn: expiresInS })
      return url + path + search(query as Record<string, string>)
    },
  }
}

// ---

/** Loads the signer at the first request, because many tests only need the address. */
const signerFor = async ({ accessKeyId, secretAccessKey, region }: S3Endpoint) => {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ])
  return new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    // S3 encodes a path once, other services twice.
    uriEscapePath: false,
  })
}

const targetOf = (url: string, { method, bucket, key, query, headers }: Omit<S3Call, 'signal'>) => {
  const { protocol, hostname, host, port } = new URL(url)
  const parts = [
    ...(bucket === undefined ? [] : [bucket]),
    ...(key === undefined ? [] : key.split('/')),
  ]
  return {
    method,
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: `/${parts.map(encodeStrictly).join('/')}`,
    query: { ...query },
    headers: { ...headers, host },
  }
}

const search = (query: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(query).map((pair) => pair.map(encodeStrictly).join('='))
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

const describe = ({ method, bucket, key, query = {} }: S3Call): string =>
  [method, `/${[bucket, key].filter((part) => part !== undefined).join('/')}`]
    .concat(Object.keys(query).length === 0 ? [] : [`(${Object.keys(query).join(', ')})`])
    .join(' ')
