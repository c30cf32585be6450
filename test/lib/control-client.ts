import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** Where a Control API is. */
interface Address {
  readonly url: string
  readonly token: string
}

/** An answer of the Control API, checked against its own document. */
export interface Answer<T = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

type Schema = Readonly<Record<string, unknown>>

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Creates a client of a Control API that checks every answer against `GET /v1/openapi.json`. */
export const controlClient = ({ url, token }: Address) => {
  const authorization = `Bearer ${token}`
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      signal: AbortSignal.timeout(120_000),
      ...init,
      headers: { authorization, ...(init.headers as Record<string, string>) },
    })
  let reading: Promise<Check> | undefined
  const described = () => {
    reading ??= ask('/v1/openapi.json').then(async (response) =>
      checkBy((await response.json()) as Document),
    )
    return reading
  }
  return {
    /** Sends a request as it is; nothing is checked. */
    ask,
    async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
      const check = await described()
      const response = await ask(path, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const text = await response.text()
      const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
      const values =
        text === ''
          ? []
          : type === 'application/x-ndjson'
            ? text.trimEnd().split('\n').map(parse)
            : [parse(text)]
      for (const value of values) check({ method, path, status: response.status, type, value })
      const { status, headers } = response
      return { status, headers, body: (type === 'application/x-ndjson' ? values : values[0]) as T }
    },
  }
}

/** A client of a Control API. */
export type ControlClient = ReturnType<typeof controlClient>

// ---

interface Seen {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly type: string
  readonly value: unknown
}

type Check = (seen: Seen) => void

const checkBy = (document: Document): Check => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'api', ...document })
  const known = new Map<string, ValidateFunction>()
  return ({ method, path, status, type, value }) => {
    const template = templateOf(document, path)
    const { responses } = document.paths[template]?.[method.toLowerCase()] ?? {
      // A path or method that the document does not have: the error of any other.
      responses: { default: document.paths['/v1/lane']?.get?.responses.default ?? {} },
    }
    const content = (responses[String(status)] ?? responses.default)?.content?.[type]
    if (content === undefined)
      throw new Error(`${method} ${path} answered ${status} ${type}, which is not described`)
    const { $ref } = content.schema as { readonly $ref?: string }
    if ($ref === undefined) return
    const validate = known.get($ref) ?? ajv.compile({ $ref: `api${$ref}` })
    known.set($ref, validate)
    if (!validate(value))
      throw new Error(
        `${method} ${path} answered ${status} with what ${$ref} is not: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`,
      )
  }
}

/** A path without placeholders wins. */
const templateOf = ({ paths }: Document, path: string): string => {
  const segments = (path.split('?')[0] ?? '').split('/')
  const fits = Object.keys(paths).filter((template) => {
    const parts = template.split('/')
    return (
      parts.length === segments.length &&
      parts.every((part, at) => part.startsWith('{') || part === segments[at])
    )
  })
  return fits.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? ''
}

const parse = (text: string): unknown => JSON.parse(text)
