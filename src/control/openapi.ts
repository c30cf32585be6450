import { z } from 'zod'
import type { Route, Success } from './route.ts'
import { registry } from './schema/registry.ts'
import { errorAnswer } from './schema/views.ts'

type Json = Readonly<Record<string, unknown>>

/** Returns the OpenAPI 3.1 document of the routes, made of the schemas that check requests. */
export const openApiDocument = (routes: readonly Route[]): Json => {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    ;(paths[route.path] as Record<string, unknown>)[route.method.toLowerCase()] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mesocosm Control API',
      version: '1',
      description: 'Changes the services of one lane: the one that the token belongs to.',
    },
    security: [{ lane: [] }],
    paths,
    components: {
      securitySchemes: { lane: { type: 'http', scheme: 'bearer' } },
      schemas: componentSchemas(),
    },
  }
}

// ---

const prefix = '#/components/schemas/'

const componentSchemas = (): Json => {
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `${prefix}${id}`,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  )
}

const operation = (route: Route): Json => ({
  operationId: route.id,
  summary: route.summary,
  parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
  ...(route.body === undefined
    ? {}
    : {
        requestBody: {
          required: route.bodyOptional !== true,
          content: { 'application/json': { schema: reference(route.body) } },
        },
      }),
  responses: {
    [route.success.status]: answer(route.success),
    default: {
      description: 'The request failed; the status shows why.',
      content: { 'application/json': { schema: reference(errorAnswer) } },
    },
  },
})

const answer = ({ schema, as }: Success): Json => {
  if (as === 'document')
    return {
      description: 'OpenAPI 3.1',
      content: { 'application/json': { schema: { type: 'object' } } },
    }
  if (schema === undefined) return { description: 'Done.' }
  const type = as === 'lines' ? 'application/x-ndjson' : 'application/json'
  const description = as === 'lines' ? 'One object per line.' : 'Done.'
  return { description, content: { [type]: { schema: reference(schema) } } }
}

const reference = (schema: z.ZodType): Json => ({ $ref: `${prefix}${registry.get(schema)?.id}` })

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))

const queryParameters = (query: z.ZodType | undefined): Json[] => {
  if (query === undefined) return []
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
  }))
}
