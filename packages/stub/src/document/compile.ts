import type { Operation, StubEvent, StubModel } from '../model.ts'
import { compileMessage } from './message.ts'
import { compileParameters } from './parameters.ts'
import { child, fieldsOf, membersOf, type Place } from './place.ts'
import { openReader, type Reader } from './reader.ts'
import { createSchemaCompiler, type SchemaCompiler, type Version } from './schema.ts'
import { compileSecurity, securityOf } from './security.ts'

/** What the parts of a document are compiled with. */
export interface Compiling {
  readonly reader: Reader
  readonly schemas: SchemaCompiler
}

/**
 * Compiles an OpenAPI document, 3.0 or 3.1, YAML or JSON, with the files that it refers to.
 *
 * @param path absolute.
 * @throws {MesocosmError} `OPENAPI_INVALID` with all faults, by file and line.
 */
export const compileDocument = (path: string): StubModel => {
  const reader = openReader(path)
  const { root } = reader
  const version = root && versionOf(root, reader)
  if (root === undefined || version === undefined) {
    reader.check()
    throw new Error(`${path} has no version`)
  }
  const schemas = createSchemaCompiler(reader, version)
  const compiling = { reader, schemas }
  const securitySchemes = compileSecurity(
    child(child(root, 'components'), 'securitySchemes'),
    reader,
  )
  const { operations, callbacks } = compilePaths(root, securitySchemes, compiling)
  const model: StubModel = {
    title: String(fieldsOf(child(root, 'info').value)?.title ?? ''),
    basePath: basePathOf(root, reader),
    operations,
    events: [...compileEvents(child(root, 'webhooks'), compiling), ...callbacks],
    schemas: schemas.schemas,
    securitySchemes,
  }
  reader.check()
  return model
}

// ---

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

const versionOf = (root: Place, { fault }: Reader): Version | undefined => {
  const fields = fieldsOf(root.value)
  const { openapi, swagger } = fields ?? {}
  const version = /^3\.[01](?=\.\d+)/.exec(String(openapi))?.[0] as Version | undefined
  if (version !== undefined) return version
  if (fields === undefined) fault(root, 'must be an OpenAPI document, an object')
  else if (swagger !== undefined)
    fault(child(root, 'swagger'), `is version ${swagger}; convert the document to OpenAPI 3`)
  else
    fault(
      openapi === undefined ? root : child(root, 'openapi'),
      `must have an openapi version 3.0.x or 3.1.x, not ${JSON.stringify(openapi) ?? 'none'}`,
    )
  return undefined
}

/** Path of the first server. Its host is the service's own, and variables have their defaults. */
const basePathOf = (root: Place, { fault }: Reader): string => {
  const server = child(child(root, 'servers'), 0)
  const { url = '/', variables } = fieldsOf(server.value) ?? {}
  if (typeof url !== 'string') {
    fault(child(server, 'url'), 'must be a string')
    return ''
  }
  const filled = url.replaceAll(/\{([^}]*)\}/g, (_, name: string) =>
    String(fieldsOf(fieldsOf(variables)?.[name])?.default ?? name),
  )
  try {
    return new URL(filled, 'http://stub').pathname.replace(/\/+$/, '')
  } catch {
    fault(child(server, 'url'), `must be a URL, not ${JSON.stringify(url)}`)
    return ''
  }
}

const compilePaths = (
  root: Place,
  schemes: StubModel['securitySchemes'],
  compiling: Compiling,
): { readonly operations: readonly Operation[]; readonly callbacks: readonly StubEvent[] } => {
  const { reader } = compiling
  const operations: Operation[] = []
  const callbacks: StubEvent[] = []
  const shapes = new Map<string, string>()
  const ids = new Map<string, string>()
  const paths = child(root, 'paths')
  if (fieldsOf(paths.value) === undefined && fieldsOf(child(root, 'webhooks').value) === undefined)
    reader.fault(root, 'must have paths')
  for (const [path, written] of membersOf(paths)) {
    if (!path.startsWith('/')) reader.fault(written, 'must start with a slash')
    const item = reader.follow(written)
    if (item === undefined) continue
    for (const [key, at] of membersOf(item)) {
      if (!methods.includes(key)) continue
      const method = key.toUpperCase()
      const route = `${method} ${path}`
      const shape = route.replaceAll(/\{[^}]*\}/g, '{}')
      const twin = shapes.get(shape)
      if (twin !== undefined) reader.fault(at, `answers the same requests as ${twin}`)
      shapes.set(shape, route)
      const operation = compileOperation({ route, method, path }, at, item, {
        ...compiling,
        security: securityOf(child(at, 'security'), child(root, 'security'), schemes, reader),
      })
      operations.push(operation)
      const { id } = operation
      if (id !== undefined) {
        const other = ids.get(id)
        if (other !== undefined)
          reader.fault(child(at, 'operationId'), `is that of ${other} as well`)
        ids.set(id, route)
      }
      for (const [name, callback] of membersOf(child(at, 'callbacks'))) {
        const target = reader.follow(callback)
        for (const [, sent] of target === undefined ? [] : membersOf(target))
          callbacks.push(...compileEvent(name, sent, compiling))
      }
    }
  }
  return { operations, callbacks }
}

const compileOperation = (
  what: Pick<Operation, 'route' | 'method' | 'path'>,
  at: Place,
  item: Place,
  compiling: Compiling & { readonly security: Operation['security'] },
): Operation => {
  const { reader, security } = compiling
  const { operationId, summary } = fieldsOf(at.value) ?? {}
  if (operationId !== undefined && typeof operationId !== 'string')
    reader.fault(child(at, 'operationId'), 'must be a string')
  const lists = [child(item, 'parameters'), child(at, 'parameters')]
  const body = compileBody(child(at, 'requestBody'), compiling)
  return {
    ...what,
    ...(typeof operationId === 'string' ? { id: operationId } : {}),
    ...(typeof summary === 'string' ? { summary } : {}),
    parameters: compileParameters(what.path, at, lists, compiling),
    ...(body === undefined ? {} : { body }),
    responses: compileResponses(at, compiling),
    security,
  }
}

const compileBody = (written: Place, compiling: Compiling): Operation['body'] => {
  if (written.value === undefined) return undefined
  const { reader } = compiling
  const at = reader.follow(written)
  if (at === undefined) return undefined
  if (fieldsOf(child(at, 'content').value) === undefined) reader.fault(at, 'must have content')
  const required = fieldsOf(at.value)?.required === true
  return { required, content: compileMessage(at, compiling).content }
}

const compileResponses = (operation: Place, compiling: Compiling): Operation['responses'] => {
  const { reader } = compiling
  const written = child(operation, 'responses')
  const members = membersOf(written)
  if (members.length === 0) reader.fault(operation, 'must have responses')
  return Object.fromEntries(
    members.flatMap(([status, response]) => {
      if (!/^([1-5](\d\d|XX)|default)$/.test(status)) {
        reader.fault(response, 'must be a status, such as 200, 2XX or default')
        return []
      }
      const at = reader.follow(response)
      return at === undefined ? [] : [[status, compileMessage(at, compiling)]]
    }),
  )
}

const compileEvents = (webhooks: Place, compiling: Compiling): StubEvent[] =>
  membersOf(webhooks).flatMap(([name, at]) => compileEvent(name, at, compiling))

const compileEvent = (name: string, written: Place, compiling: Compiling): StubEvent[] => {
  const item = compiling.reader.follow(written)
  if (item === undefined) return []
  return membersOf(item)
    .filter(([key]) => methods.includes(key))
    .map(([key, at]) => {
      const body = compileBody(child(at, 'requestBody'), compiling)
      return { name, method: key.toUpperCase(), ...(body === undefined ? {} : { body }) }
    })
}
