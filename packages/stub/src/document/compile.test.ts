import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMesocosmError } from 'mesocosm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { modelOf } from '../../test/server.ts'
import { compileDocument } from './compile.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stub-document-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const compile = (text: string, name = 'api.yaml') => compileDocument(write(name, text))
/** Returns the faults, without the folder. */
const faultsOf = (text: string, name?: string): readonly string[] => {
  try {
    compile(text, name)
  } catch (error) {
    if (!isMesocosmError(error) || error.code !== 'OPENAPI_INVALID') throw error
    return error.details.map((line) => line.replaceAll(`${folder}/`, ''))
  }
  throw new Error('the document has no faults')
}
const minimal = (paths: string, version = '3.0.3') =>
  `openapi: ${version}\ninfo: { title: T, version: '1' }\npaths:\n${paths}`

test('a document is compiled with the files that it refers to, and schemas that contain themselves', () => {
  const model = modelOf('payments.openapi.yaml')
  expect(model).toMatchObject({ title: 'Payments', basePath: '/v1' })
  expect(Object.keys(model.schemas)).toEqual(['NewCharge', 'Currency', 'Charge'])
  expect(model.schemas.Charge).toMatchObject({
    properties: {
      refunds: { items: { $ref: 'defs#/$defs/Charge' } },
      currency: { $ref: 'defs#/$defs/Currency' },
    },
  })
  expect(model.operations.map(({ route, security }) => [route, security.length])).toContainEqual([
    'GET /health',
    0,
  ])
  expect(model.events).toMatchObject([{ name: 'charge.paid', method: 'POST' }])
})

test('JSON and YAML are compiled to the same', () => {
  const paths = { '/a': { get: { responses: { 200: { description: 'x' } } } } }
  const json = JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths })
  expect(compile(json, 'api.json')).toEqual(
    compile(minimal('  /a: { get: { responses: { 200: { description: x } } } }', '3.1.0')),
  )
})

test('all faults of a document are reported at once, with file and line', () => {
  write('parts.yaml', 'Broken:\n  type: strin\n  pattern: "("\n')
  expect(
    faultsOf(
      minimal(`  /a/{id}:
    get:
      operationId: same
      security:
        - unknown: []
      parameters:
        - { name: limit, in: somewhere, schema: {} }
        - { name: other, in: query }
      responses:
        ok: { description: x }
  /a/{name}:
    get:
      operationId: same
      requestBody: { $ref: '#/components/requestBodies/None' }
      responses:
        '200':
          description: x
          content:
            application/json:
              schema: { $ref: 'parts.yaml#/Broken' }
`),
    ),
  ).toEqual([
    'api.yaml:5: paths./a/{id}.get: must have a parameter "id" in path',
    'api.yaml:8: paths./a/{id}.get.security.0.unknown: is not among components.securitySchemes',
    'api.yaml:10: paths./a/{id}.get.parameters.0: limit must be in path, query, header or cookie, not "somewhere"',
    'api.yaml:11: paths./a/{id}.get.parameters.1: other must have a schema',
    'api.yaml:13: paths./a/{id}.get.responses.ok: must be a status, such as 200, 2XX or default',
    'api.yaml:15: paths./a/{name}.get: answers the same requests as GET /a/{id}',
    'api.yaml:15: paths./a/{name}.get: must have a parameter "name" in path',
    'api.yaml:16: paths./a/{name}.get.operationId: is that of GET /a/{id} as well',
    'api.yaml:17: paths./a/{name}.get.requestBody: refers to #/components/requestBodies/None, which does not exist',
    'parts.yaml:2: Broken.type: must be string, number, integer, boolean, array, object, not "strin"',
    'parts.yaml:3: Broken.pattern: Invalid regular expression: /(/: Unterminated group',
  ])
})

test('what is not an OpenAPI 3 document is refused', () => {
  expect(faultsOf('swagger: "2.0"')).toEqual([
    'api.yaml:1: swagger: is version 2.0; convert the document to OpenAPI 3',
  ])
  expect(faultsOf('openapi: 4.0.0')).toEqual([
    'api.yaml:1: openapi: must have an openapi version 3.0.x or 3.1.x, not "4.0.0"',
  ])
  expect(faultsOf('')).toEqual(['api.yaml:1: must be an OpenAPI document, an object'])
  expect(faultsOf('a: [1')[0]).toMatch(/^api\.yaml:1: /)
  expect(faultsOf('{"openapi": "3.0.0",\n "paths": ]', 'api.json')[0]).toMatch(/^api\.json:2: /)
  expect(() => compileDocument(join(folder, 'none.yaml'))).toThrow(/none\.yaml:1: cannot be read/)
})

test('references that lead nowhere, outside or to themselves are faults', () => {
  const withSchema = (schema: string) =>
    faultsOf(
      `${minimal(`  /a: { get: { responses: { 200: { description: x, content: { application/json: { schema: ${schema} } } } } } }
components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }`)}`,
    )
  expect(withSchema("{ $ref: 'https://example.test/a.json' }")[0]).toMatch(/only files next to/)
  expect(withSchema("{ $ref: 'none.yaml#/A' }")[0]).toMatch(/none\.yaml:1: cannot be read/)
  expect(withSchema("{ $ref: '#anchor' }")[0]).toMatch(/refers to the anchor #anchor/)
  expect(withSchema("{ $ref: '#/components/schemas/A' }")[0]).toMatch(/refers to itself/)
  expect(withSchema('{ $ref: 1 }')[0]).toMatch(/\$ref must be a string/)
})

test('schemas of OpenAPI 3.0 become JSON Schema', () => {
  const { operations } = compile(
    minimal(`  /a:
    get:
      parameters:
        - { name: a, in: query, schema: { type: integer, minimum: 1, exclusiveMinimum: true } }
        - { name: b, in: query, schema: { type: string, nullable: true, enum: [x], example: x } }
      responses: { 200: { description: x } }
`),
  )
  expect(operations[0]?.parameters.map(({ schema }) => schema)).toEqual([
    { type: 'integer', exclusiveMinimum: 1 },
    { type: ['string', 'null'], enum: ['x', null], examples: ['x'] },
  ])
})
