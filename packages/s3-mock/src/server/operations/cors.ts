import type { Operation } from '../call.ts'
import { type Answer, empty, noContent, xml } from '../message/answer.ts'
import { checkHeader } from '../message/check-header.ts'
import type { S3Request } from '../message/request.ts'
import { children, readXml, textOf, type XmlNode } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { CorsRule } from '../store/model.ts'

/** Answers `GET /<bucket>?cors`. */
export const getBucketCors: Operation = ({ bucket }) => {
  const { cors } = bucket.settings
  if (cors === undefined)
    throw new S3Error('NoSuchCORSConfiguration', { details: { BucketName: bucket.name } })
  return xml('CORSConfiguration', {
    CORSRule: cors.map((rule) => ({
      ID: rule.id,
      AllowedOrigin: rule.origins,
      AllowedMethod: rule.methods,
      AllowedHeader: rule.headers,
      ExposeHeader: rule.expose,
      MaxAgeSeconds: rule.maxAgeS,
    })),
  })
}

/** Answers `PUT /<bucket>?cors`. */
export const putBucketCors: Operation = async ({ bucket, body }) => {
  const rules = children(readXml(await body.text(), 'CORSConfiguration'), 'CORSRule').map(readRule)
  if (rules.length === 0 || rules.length > 100) throw new S3Error('MalformedXML')
  bucket.change({ cors: rules })
  return empty()
}

/** Answers `DELETE /<bucket>?cors`. */
export const deleteBucketCors: Operation = ({ bucket }) => {
  bucket.change({ cors: undefined })
  return noContent()
}

/** Answers a preflight request of a browser. @throws {S3Error} `AccessForbidden`. */
export const preflight = (request: S3Request, bucket: Bucket | undefined): Answer => {
  const origin = request.headers.get('origin')
  const method = request.headers.get('access-control-request-method')
  if (origin === undefined || method === undefined)
    throw new S3Error('InvalidRequest', {
      message: 'Insufficient information. Origin request header needed.',
    })
  const asked = splitList(request.headers.get('access-control-request-headers') ?? '')
  if (bucket?.settings.cors === undefined)
    throw new S3Error('AccessForbidden', {
      message: 'CORSResponse: CORS is not enabled for this bucket.',
    })
  const rule = ruleFor(bucket, origin, method, asked)
  if (rule === undefined)
    throw new S3Error('AccessForbidden', { details: { Method: method, ResourceType: 'OBJECT' } })
  return empty({
    ...headersOf(rule, origin),
    'access-control-allow-headers': asked.length === 0 ? undefined : asked.join(', '),
    'access-control-max-age': rule.maxAgeS,
  })
}

/** Returns the CORS headers of every other response. */
export const corsHeaders = (
  request: S3Request,
  bucket: Bucket | undefined,
): Record<string, string | undefined> => {
  const origin = request.headers.get('origin')
  const rule =
    origin === undefined || bucket === undefined || request.method === 'OPTIONS'
      ? undefined
      : ruleFor(
          bucket,
          origin,
          request.headers.get('access-control-request-method') ?? request.method,
          [],
        )
  return rule === undefined || origin === undefined ? {} : headersOf(rule, origin)
}

// ---

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE']

const readRule = (node: XmlNode): CorsRule => {
  const texts = (name: string) =>
    children(node, name)
      .filter((value): value is string => typeof value === 'string')
      // Of a document that is indented, also around the values.
      .map((value) => value.trim())
  const allowed = texts('AllowedMethod')
  const origins = texts('AllowedOrigin')
  if (allowed.length === 0 || origins.length === 0) throw new S3Error('MalformedXML')
  const strange = allowed.find((method) => !methods.includes(method))
  if (strange !== undefined)
    throw new S3Error('InvalidRequest', {
      message: `Found unsupported HTTP method in CORS config. Unsupported method is ${strange}`,
    })
  const expose = texts('ExposeHeader')
  for (const name of expose) checkHeader(name, '')
  const maxAge = textOf(node, 'MaxAgeSeconds')?.trim()
  if (maxAge !== undefined && !/^\d+$/.test(maxAge)) throw new S3Error('MalformedXML')
  return {
    id: textOf(node, 'ID'),
    origins,
    methods: allowed,
    headers: texts('AllowedHeader'),
    expose,
    maxAgeS: maxAge === undefined ? undefined : Number(maxAge),
  }
}

const ruleFor = (
  bucket: Bucket,
  origin: string,
  method: string,
  headers: readonly string[],
): CorsRule | undefined =>
  bucket.settings.cors?.find(
    (rule) =>
      rule.origins.some((pattern) => fits(pattern, origin)) &&
      rule.methods.includes(method) &&
      headers.every((name) =>
        rule.headers.some((pattern) => fits(pattern.toLowerCase(), name.toLowerCase())),
      ),
  )

const headersOf = (rule: CorsRule, origin: string): Record<string, string | undefined> => {
  const anyone = rule.origins.includes('*')
  return {
    'access-control-allow-origin': anyone ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    'access-control-expose-headers': rule.expose.length === 0 ? undefined : rule.expose.join(', '),
    'access-control-allow-credentials': anyone ? undefined : 'true',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** Matches a pattern with at most one asterisk. */
const fits = (pattern: string, text: string): boolean => {
  const [start = '', end] = pattern.split('*')
  if (end === undefined) return pattern === text
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}
