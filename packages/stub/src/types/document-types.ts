import type { PluginTypes } from 'mesocosm'
import type { Media, Operation, Parameter, ResponseModel, StubModel } from '../model.ts'
import { commentText, createTypeWriter, keyOf, union } from './type-of.ts'

/** Returns the types of a document: its operations by route and by operation id, as `StubOperation`s. */
export const typesOfDocument = (model: StubModel, prefix: string): PluginTypes => {
  const taken = new Set<string>()
  const claim = (wanted: string): string => {
    let name = wanted
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`
    taken.add(name)
    return name
  }
  const names = new Map(
    Object.keys(model.schemas).map((name) => [name, claim(prefix + pascal(name))]),
  )
  const typeOf = createTypeWriter((name) => names.get(name) ?? 'unknown')
  const schemas = [...names].map(([name, type]) => {
    const schema = model.schemas[name] ?? true
    const comment = typeof schema === 'object' ? commentText(schema.description) : ''
    return `${comment}type ${type} = ${typeOf(schema)}`
  })
  const operations = model.operations.map((operation) => ({
    operation,
    type: claim(prefix + pascal(operation.id ?? operation.route)),
  }))
  return {
    declarations: [
      ...schemas,
      ...operations.map(
        ({ operation, type }) => `type ${type} = ${operationOf(operation, typeOf)}`,
      ),
    ],
    members: operations.flatMap(({ operation: { route, id, summary }, type }) =>
      [route, ...(id === undefined ? [] : [id])].map(
        (key) => `${commentText(summary)}${keyOf(key)}: ${type}`,
      ),
    ),
  }
}

// ---

type TypeOf = ReturnType<typeof createTypeWriter>

const pascal = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('')

const operationOf = ({ parameters, body, responses }: Operation, typeOf: TypeOf): string => {
  const received = body === undefined ? 'unknown' : bodyOf(body.content, typeOf, 'string')
  return `{ ${[
    `params: ${parametersOf(parameters, 'path', typeOf)}`,
    `query: ${parametersOf(parameters, 'query', typeOf)}`,
    `body: ${body === undefined || body.required || received === 'unknown' ? received : `${received} | undefined`}`,
    `answer: ${answerOf(responses, typeOf)}`,
  ].join('; ')} }`
}

const parametersOf = (
  parameters: readonly Parameter[],
  where: Parameter['in'],
  typeOf: TypeOf,
): string => {
  const members = parameters
    .filter((parameter) => parameter.in === where)
    .map(({ name, required, schema }) =>
      required
        ? `readonly ${keyOf(name)}: ${typeOf(schema)}`
        : `readonly ${keyOf(name)}?: ${typeOf(schema)} | undefined`,
    )
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`
}

/** @param other type of bodies that are not JSON or a form. */
const bodyOf = (
  content: Readonly<Record<string, Media>>,
  typeOf: TypeOf,
  other: string,
): string => {
  const types = Object.entries(content).map(([type, { schema }]) =>
    /[/+]json\b|x-www-form-urlencoded/.test(type)
      ? schema === undefined
        ? 'unknown'
        : typeOf(schema)
      : other,
  )
  return types.length === 0 ? 'unknown' : union(types)
}

const answerOf = (responses: Readonly<Record<string, ResponseModel>>, typeOf: TypeOf): string => {
  const success = Object.keys(responses)
    .toSorted()
    .find((status) => /^2\d\d$/.test(status))
  return union(
    Object.entries(responses).map(([status, { content }]) => {
      const known = /^\d+$/.test(status) ? status : 'number'
      const body = bodyOf(content, typeOf, 'string | Uint8Array')
      return `{ ${[
        status === success ? `status?: ${known}` : `status: ${known}`,
        'headers?: { readonly [name: string]: string }',
        Object.keys(content).length === 0 ? 'body?: undefined' : `body: ${body}`,
      ].join('; ')} }`
    }),
  )
}
