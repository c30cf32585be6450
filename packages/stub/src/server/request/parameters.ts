import type { Operation, Parameter } from '../../model.ts'
import type { StubFault } from '../../wire.ts'
import type { Schemas } from '../schemas.ts'
import { partOf, readTree, readValue, treeOf, typesOf } from './values.ts'

/** Where the texts of parameters are. */
export interface Texts {
  /** Not decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
}

/** Parameters of a request, with the values that their schemas want. */
export interface Parameters {
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly faults: readonly StubFault[]
}

/** Reads and checks the parameters of an operation. */
export const readParameters = (
  { parameters }: Operation,
  texts: Texts,
  schemas: Schemas,
): Parameters => {
  const faults: StubFault[] = []
  const values = { path: {}, query: {}, header: {}, cookie: {} } as Record<
    Parameter['in'],
    Record<string, unknown>
  >
  for (const parameter of parameters) {
    const { name, in: where, required, schema } = parameter
    const value = read(parameter, texts, schemas)
    if (value === undefined) {
      if (required) faults.push({ in: where, at: name, message: 'is required' })
      continue
    }
    values[where][name] = value
    for (const { at, message } of schemas.check(schema, value, 'request'))
      faults.push({ in: where, at: name + at, message })
  }
  // What the document does not describe is passed on as it is.
  const query = { ...Object.fromEntries(texts.query), ...values.query }
  return { params: { ...decodedAll(texts.params), ...values.path }, query, faults }
}

// ---

const read = (parameter: Parameter, texts: Texts, schemas: Schemas): unknown => {
  const { name, in: where, json } = parameter
  if (json !== true) {
    if (where === 'query') return readQuery(parameter, texts.query, schemas)
    const text = single(parameter, texts)
    return text === undefined ? undefined : readSimple(parameter, text, schemas)
  }
  const text = where === 'query' ? texts.query.get(name) : single(parameter, texts)
  if (text === null || text === undefined) return undefined
  try {
    return JSON.parse(where === 'path' ? decoded(text) : text)
  } catch {
    return text
  }
}

const own = (record: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const single = ({ name, in: where }: Parameter, texts: Texts): string | undefined => {
  if (where === 'header') return own(texts.headers, name)
  return own(where === 'cookie' ? texts.cookies : texts.params, name)
}

/** Reads the styles of paths, headers and cookies: values are separated by commas, or by the character of the style. */
const readSimple = (parameter: Parameter, text: string, schemas: Schemas): unknown => {
  const { name, in: where, style, explode, schema } = parameter
  const clear = (part: string) => (where === 'path' ? decoded(part) : part)
  const types = typesOf(schemas, schema)
  const separator = !explode ? ',' : style === 'label' ? '.' : style === 'matrix' ? ';' : ','
  const prefix = style === 'label' ? '.' : style === 'matrix' ? ';' : ''
  const plain = text.startsWith(prefix) ? text.slice(prefix.length) : text
  const unnamed = (part: string) =>
    style === 'matrix' && part.startsWith(`${name}=`) ? part.slice(name.length + 1) : part
  if (types.has('array') && !types.has('string')) {
    const parts = explode ? plain.split(separator).map(unnamed) : unnamed(plain).split(',')
    return parts.map((part) => readValue(schemas, partOf(schemas, schema), clear(part.trim())))
  }
  if (types.has('object') && !types.has('string'))
    return objectOf(
      (explode ? plain : unnamed(plain)).split(separator).map(clear),
      explode,
      parameter,
      schemas,
    )
  return readValue(schemas, schema, clear(unnamed(plain)))
}

const readQuery = (parameter: Parameter, query: URLSearchParams, schemas: Schemas): unknown => {
  const { name, style, explode, schema } = parameter
  const types = typesOf(schemas, schema)
  if (style === 'deepObject') {
    const tree = readTree([...query].filter(([key]) => key.startsWith(`${name}[`)))[name]
    return tree === undefined ? undefined : treeOf(schemas, schema, tree)
  }
  const isObject = types.has('object') && !types.has('string')
  if (isObject && explode && style === 'form') {
    const target = schemas.resolve(schema)
    const names = Object.keys((typeof target === 'object' && (target.properties as object)) || {})
    const present = names.filter((key) => query.has(key))
    if (present.length === 0) return undefined
    return Object.fromEntries(
      present.map((key) => [
        key,
        readValue(schemas, partOf(schemas, schema, key), query.get(key) ?? ''),
      ]),
    )
  }
  const all = query.getAll(name)
  const [first] = all
  if (first === undefined) return undefined
  const separator = style === 'pipeDelimited' ? '|' : style === 'spaceDelimited' ? ' ' : ','
  if (types.has('array') && !types.has('string')) {
    const parts = explode ? all : first === '' ? [] : first.split(separator)
    return parts.map((part) => readValue(schemas, partOf(schemas, schema), part))
  }
  if (isObject) return objectOf(first.split(separator), false, parameter, schemas)
  return readValue(schemas, schema, first)
}

/** Reads `a=1` (exploded) or `a`, `1`. */
const objectOf = (
  parts: readonly string[],
  explode: boolean,
  { schema }: Parameter,
  schemas: Schemas,
): unknown => {
  const pairs = explode
    ? parts.map((part): [string, string] => {
        const at = part.indexOf('=')
        return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
      })
    : Array.from({ length: Math.ceil(parts.length / 2) }, (_, index): [string, string] => [
        parts[index * 2] ?? '',
        parts[index * 2 + 1] ?? '',
      ])
  return Object.fromEntries(
    pairs.map(([key, text]) => [key, readValue(schemas, partOf(schemas, schema, key), text)]),
  )
}

const decodedAll = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, decoded(text)]))

/** Returns a malformed text as it is: its check reports it. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
