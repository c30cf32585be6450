import { createHash } from 'node:crypto'
import { encodeStrictly } from '../percent.ts'
import { noAnswer, refusedBy } from './failure.ts'
import type { S3Place } from './place.ts'

export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly bucket?: string
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly signal: AbortSignal
}

/** Signed requests to one server. */
export interface Requests {
  /** The answer, whatever its status. */
  send(call: S3Call): Promise<Response>
  /** The answer when its status is 200–299; else throws what S3 said. */
  ok(call: S3Call): Promise<Response>
  presign(
    call: Omit<S3Call, 'signal' | 'body'>,
    options: { readonly expiresInS: number; readonly url: string },
  ): Promise<string>
}

export const createRequests = (place: S3Place): Requests => {
  const send: Requests['send'] = async (call) => {
    const { method, body, signal } = call
    const payload = createHash('sha256')
      .update(body ?? '')
      .digest('hex')
    const once = async () => {
      const target = targetOf(place.url, call)
      const signer = await signerFor(place)
      const signed = await signer.sign({
        ...target,
        headers: { ...target.headers, 'x-amz-content-sha256': payload },
      })
      const { host: _, ...headers } = signed.headers
      return fetch(place.url + target.path + search(target.query), {
        method,
        headers,
        signal,
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      })
    }
    try {
      // A kept connection may have ended with the former container; every request here can be made twice.
      return await once().catch((error: unknown) => {
        if (error instanceof TypeError && !signal.aborted) return once()
        throw error
      })
    } catch (error) {
      if (signal.aborted) throw error
      throw noAnswer(place.service, describe(call), error)
    }
  }
  return {
    send,
    async ok(call) {
      const response = await send(call)
      if (response.ok) return response
      throw await refusedBy(place.service, describe(call), response)
    },
    async presign(call, { expiresInS, url }) {
      const signer = await signerFor(place)
      const { path, query } = await signer.presign(targetOf(url, call), { expiresIn: expiresInS })
      return url + path + search(query as Record<string, string>)
    },
  }
}

// ---

/** Loaded at the first request: a test that only needs the address does not pay for it. */
const signerFor = async ({ accessKeyId, secretAccessKey, region }: S3Place) => {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ])
  return new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    // S3 encodes a path once where other services do it twice.
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
