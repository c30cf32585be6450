import type { Media, Operation, ResponseModel } from '../../model.ts'
import type { StubFault, StubSource, WireAnswer } from '../../wire.ts'
import { acceptedMedia, findMedia, isJson } from '../media-type.ts'
import { Problem } from '../problem.ts'
import type { Schemas } from '../schemas.ts'
import { sampleOf } from './sample.ts'

/** A response, ready to send. */
export interface StubResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly by: StubSource
}

/** What a request asks of the response. */
export interface Preference {
  /** `Prefer: code=404`. */
  readonly code?: string
  /** `Prefer: example=name`. */
  readonly example?: string
  readonly accept?: string
}

/** Returns the response of a document: its example, or a value of its schema. @throws {Problem} 406, 500. */
export const describedResponse = (
  operation: Operation,
  prefer: Preference,
  schemas: Schemas,
): StubResponse => {
  const [key, response] = chooseResponse(operation, prefer)
  const status = prefer.code === undefined ? statusOf(key) : Number(prefer.code)
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, { schema }]) => {
      const value = sampleOf(schemas, schema)
      return [name, typeof value === 'string' ? value : JSON.stringify(value)]
    }),
  )
  const chosen = acceptedMedia(response.content, prefer.accept)
  if (chosen === undefined) {
    const types = Object.keys(response.content)
    if (types.length > 0) throw new Problem(406, `the document has only ${types.join(' and ')}`)
    return { status, headers, body: Buffer.alloc(0), by: 'example' }
  }
  const { type, media } = chosen
  const { value, by } = chooseValue(operation, media, prefer, schemas)
  return { status, headers: { ...headers, 'content-type': type }, body: bytesOf(value, type), by }
}

/** Returns the response of a handler, and what of it the document does not allow. */
export const handledResponse = (
  operation: Operation,
  answer: WireAnswer,
  accept: string | undefined,
  schemas: Schemas,
): { readonly response: StubResponse; readonly faults: readonly StubFault[] } => {
  const status = answer.status ?? statusOf(successOf(operation))
  const described = responseFor(operation, status)
  const headers = lowerCase(answer.headers ?? {})
  const value = answer.binary ? Buffer.from(String(answer.body), 'base64') : answer.body
  const type =
    headers['content-type'] ??
    (value === undefined
      ? undefined
      : described && acceptedMedia(described.content, accept)?.type) ??
    (value === undefined
      ? undefined
      : typeof value === 'string'
        ? 'text/plain'
        : 'application/json')
  const response: StubResponse = {
    status,
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
    body: value === undefined ? Buffer.alloc(0) : bytesOf(value, type ?? ''),
    by: 'handler',
  }
  if (described === undefined) {
    const known = Object.keys(operation.responses).join(', ')
    return {
      response,
      faults: [{ in: 'status', message: `must be one of ${known}, not ${status}` }],
    }
  }
  return { response, faults: faultsOf(described, response, value, type, schemas) }
}

/** Returns the response for a status: of the document if it describes one, else a problem without details. */
export const failureResponse = (
  operation: Operation,
  status: number,
  accept: string | undefined,
  schemas: Schemas,
): StubResponse => {
  if (responseFor(operation, status) !== undefined)
    try {
      const prefer = { code: String(status), ...(accept === undefined ? {} : { accept }) }
      return { ...describedResponse(operation, prefer, schemas), by: 'failure' }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  const body = new Problem(status, 'declared failure').body
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: Buffer.from(body),
    by: 'failure',
  }
}

// ---

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const successOf = ({ responses }: Operation): string => {
  const keys = Object.keys(responses).toSorted()
  return (
    keys.find((key) => /^2\d\d$/.test(key)) ??
    keys.find((key) => key === '2XX') ??
    keys.find((key) => key === 'default') ??
    keys[0] ??
    '200'
  )
}

const statusOf = (key: string): number =>
  key === 'default' ? 200 : Number(key.replace('XX', '00'))

const responseFor = ({ responses }: Operation, status: number): ResponseModel | undefined =>
  responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses.default

const chooseResponse = (
  operation: Operation,
  { code, example }: Preference,
): readonly [string, ResponseModel] => {
  const { responses } = operation
  if (code !== undefined) {
    const found = /^[1-5]\d\d$/.test(code) ? responseFor(operation, Number(code)) : undefined
    if (found === undefined)
      throw new Problem(
        400,
        `the document has no response ${code}: ${Object.keys(responses).join(', ')}`,
      )
    return [code, found]
  }
  const success = successOf(operation)
  const named = Object.entries(responses).find(([, response]) => hasExample(response, example))
  if (named !== undefined && !hasExample(responses[success], example)) return named
  return [success, responses[success] ?? { headers: {}, content: {} }]
}

const hasExample = (response: ResponseModel | undefined, name: string | undefined): boolean =>
  name !== undefined &&
  Object.values(response?.content ?? {}).some(({ examples }) =>
    examples.some((example) => example.name === name),
  )

const chooseValue = (
  { route }: Operation,
  { schema, examples }: Media,
  { example: name }: Preference,
  schemas: Schemas,
): { readonly value: unknown; readonly by: StubSource } => {
  const example = name === undefined ? examples[0] : examples.find((one) => one.name === name)
  if (example !== undefined) return { value: example.value, by: 'example' }
  if (name !== undefined)
    throw new Problem(
      400,
      `${route} has no example ${name}${examples.length === 0 ? '' : `: ${examples.map((one) => one.name).join(', ')}`}`,
    )
  if (schema === undefined) return { value: '', by: 'example' }
  const value = sampleOf(schemas, schema)
  const faults = schemas.check(schema, value, 'response')
  if (faults.length === 0) return { value, by: 'schema' }
  throw new Problem(
    500,
    `${route} has no example, and no value can be made for its schema; add an example or a handler`,
    faults.map(({ at, message }) => ({ in: 'body', at, message })),
  )
}

const bytesOf = (value: unknown, type: string): Buffer => {
  if (Buffer.isBuffer(value)) return value
  if (isJson(type)) return Buffer.from(JSON.stringify(value) ?? '')
  return Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
}

const faultsOf = (
  described: ResponseModel,
  response: StubResponse,
  value: unknown,
  type: string | undefined,
  schemas: Schemas,
): readonly StubFault[] => {
  const faults: StubFault[] = []
  for (const [name, { required, schema }] of Object.entries(described.headers)) {
    const text = response.headers[name]
    if (text === undefined) {
      if (required) faults.push({ in: 'header', at: name, message: 'is required' })
    } else if (
      schemas.check(schema, text, 'response').length > 0 &&
      !isJsonFor(schemas, schema, text)
    )
      faults.push({ in: 'header', at: name, message: 'is not what its schema allows' })
  }
  const types = Object.keys(described.content)
  if (types.length === 0) {
    if (value !== undefined && response.body.length > 0)
      faults.push({ in: 'body', message: 'must be empty' })
    return faults
  }
  if (value === undefined) return [...faults, { in: 'body', message: 'is required' }]
  const media = findMedia(described.content, type ?? '')
  if (media === undefined) {
    const message = `must be ${types.join(' or ')}, not ${type ?? 'missing'}`
    return [...faults, { in: 'content-type', message }]
  }
  const { schema } = media.media
  if (schema === undefined || Buffer.isBuffer(value)) return faults
  for (const { at, message } of schemas.check(schema, value, 'response'))
    faults.push({ in: 'body', at, message })
  return faults
}

const isJsonFor = (schemas: Schemas, schema: Parameters<Schemas['check']>[0], text: string) => {
  try {
    return schemas.check(schema, JSON.parse(text), 'response').length === 0
  } catch {
    return false
  }
}
