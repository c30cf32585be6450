import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Answer } from './message/answer.ts'
import type { S3Request } from './message/request.ts'
import { writePlainXml } from './message/xml.ts'
import type { S3Error } from './s3-error.ts'

type Headers = Readonly<Record<string, string | number | undefined>>

/** Writes a response; resolves when its body has been sent. */
export const sendAnswer = async (
  response: ServerResponse,
  { status, headers = {}, body }: Answer,
  more: Headers,
): Promise<void> => {
  const all = defined({ ...more, ...headers })
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const none = body === undefined && status === 200 && all['content-length'] === undefined
    response.writeHead(status, { ...all, ...length, ...(none ? { 'content-length': 0 } : {}) })
    response.end(body)
    return
  }
  response.writeHead(status, all)
  await pipeline(body, response)
}

/** Writes a refusal; destroys the connection if the response has started. */
export const sendError = (
  response: ServerResponse,
  error: S3Error,
  where: { readonly id: string; readonly path: string; readonly method: string },
  more: Headers,
): void => {
  if (response.headersSent) return void response.destroy()
  const body = writePlainXml('Error', {
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: where.path,
    RequestId: where.id,
  })
  const head = where.method === 'HEAD'
  response.writeHead(
    error.status,
    defined({
      ...more,
      ...error.headers,
      ...(head
        ? {}
        : { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) }),
    }),
  )
  response.end(head ? undefined : body)
}

/** Returns the headers of every response. */
export const commonHeaders = ({ id }: Pick<S3Request, 'id'>): Headers => ({
  'x-amz-request-id': id,
  'x-amz-id-2': Buffer.from(id).toString('base64'),
  server: 'Mesocosm',
})

// ---

const defined = (headers: Headers): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (pair): pair is [string, string | number] => pair[1] !== undefined,
    ),
  )
