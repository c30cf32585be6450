import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StubResponse } from './answer/response.ts'

/** Sends a response. @param isCut ends the connection after half of the body. */
export const sendResponse = (
  response: ServerResponse,
  { status, headers, body }: StubResponse,
  method: string,
  isCut: boolean,
): void => {
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304 && status >= 200
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.statusCode = status
  if (isCut) {
    // Promises more than is sent.
    response.setHeader('content-length', body.length + 1)
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy())
    if (body.length === 0) response.flushHeaders()
    return
  }
  if (!hasBody) return void response.end()
  response.setHeader('content-length', body.length)
  response.end(body)
}

/** Returns the headers of a request, names in lower case; those that came several times are joined. */
export const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )

/** Returns the cookies of a `Cookie` header. */
export const cookiesOf = (header = ''): Readonly<Record<string, string>> =>
  Object.fromEntries(
    header.split(';').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at === -1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]]
    }),
  )

/** Reads `Prefer` (RFC 7240): `code=404`, `example=paid`. */
export const preferenceOf = (headers: Readonly<Record<string, string>>) => {
  const value = (name: string) =>
    new RegExp(`(?:^|[,;])\\s*${name}\\s*=\\s*"?([^",;]+)"?`, 'i')
      .exec(headers.prefer ?? '')?.[1]
      ?.trim()
  const [code, example, { accept }] = [value('code'), value('example'), headers]
  return {
    ...(code === undefined ? {} : { code }),
    ...(example === undefined ? {} : { example }),
    ...(accept === undefined ? {} : { accept }),
  }
}
