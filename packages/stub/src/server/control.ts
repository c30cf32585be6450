import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StubModel } from '../model.ts'
import { controlPrefix, type HandlerLine, type WireFailure } from '../wire.ts'
import { Problem } from './problem.ts'
import { readBytes } from './request/body.ts'
import type { Schemas } from './schemas.ts'
import { type EventOrder, sendEvent } from './send-event.ts'
import type { Handled, Tenant } from './tenant.ts'

/** Lanes of a server. */
export interface Tenants {
  get(name: string): Tenant | undefined
  /** Adds a lane; a no-op if there is one. */
  enter(name: string): void
  leave(name: string): void
}

/** What the control requests act on. */
export interface Controlled {
  readonly model: StubModel
  readonly schemas: Schemas
  readonly tenants: Tenants
}

/**
 * Answers requests of the handle and of tasks: `GET ready`; below `lanes/<name>`: `PUT`, `POST` (reset) and `DELETE`,
 * `GET requests`, `GET news` (a line for each), `POST handlers`, `DELETE handlers/<id>`,
 * `POST answers/<call>`, `POST failures`,
 * `DELETE failures/<id>`, `POST events`.
 *
 * @throws {Problem} 400, 404, 405.
 */
export const control = async (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { model, schemas, tenants }: Controlled,
): Promise<void> => {
  const [what, name = '', part = '', id = ''] = path
    .slice(controlPrefix.length)
    .split('/')
    .map(decode)
  const { method = '' } = request
  if (what === 'ready') return void response.writeHead(204).end()
  if (what !== 'lanes' || name === '') throw notFound()
  if (name.length > 127) throw new Problem(400, 'the name of the lane is too long')
  if (part === '' && method === 'PUT') {
    tenants.enter(name)
    return void response.writeHead(204).end()
  }
  const tenant = tenants.get(name)
  if (tenant === undefined) throw new Problem(404, `there is no lane ${name}`)
  switch (`${method} ${part}`) {
    case 'POST ':
      tenant.reset()
      return void response.writeHead(204).end()
    case 'DELETE ':
      tenants.leave(name)
      return void response.writeHead(204).end()
    case 'GET requests':
      return sendJson(response, 200, tenant.requests)
    case 'GET news':
      return openNews(response, tenant)
    case 'POST handlers':
      return openHandler(response, tenant, routeOf(await readJson(request), model))
    case 'DELETE handlers':
      if (!tenant.removeHandler(Number(id), false))
        throw new Problem(404, 'there is no such handler')
      return void response.writeHead(204).end()
    case 'POST answers': {
      const faults = tenant.answer(Number(id), handledOf(await readJson(request)))
      if (faults === undefined) throw new Problem(404, `no request waits for the answer ${id}`)
      return sendJson(response, 200, { faults })
    }
    case 'POST failures': {
      const body = await readJson(request)
      if (body.route !== undefined) routeOf(body, model)
      return sendJson(response, 201, { id: tenant.fail(body as WireFailure) })
    }
    case 'DELETE failures':
      tenant.removeFailure(Number(id))
      return void response.writeHead(204).end()
    case 'POST events':
      return sendJson(
        response,
        200,
        await sendEvent((await readJson(request)) as unknown as EventOrder, model, schemas),
      )
    default:
      throw notFound()
  }
}

// ---

const notFound = () => new Problem(404, 'there is no such control request')

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Problem(400, 'the path is malformed')
  }
}

const readJson = async (request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> => {
  let value: unknown
  try {
    value = JSON.parse((await readBytes(request)).toString('utf8'))
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(400, 'the body must be JSON')
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw new Problem(400, 'the body must be an object')
}

const routeOf = (
  { route }: Readonly<Record<string, unknown>>,
  { operations }: StubModel,
): string => {
  const found = operations.find((operation) => operation.route === route)
  if (found === undefined) throw new Problem(400, `the document has no ${route}`)
  return found.route
}

const handledOf = (body: Readonly<Record<string, unknown>>): Handled =>
  typeof body.failed === 'string' ? { failed: body.failed } : { answer: body }

const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

const openNews = (response: ServerResponse, tenant: Tenant): void => {
  response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
  // A client that has read this line gets every later one.
  response.write('listening\n')
  response.once(
    'close',
    tenant.listen(() => void response.write('news\n')),
  )
  keepAlive(response)
}

const openHandler = (response: ServerResponse, tenant: Tenant, route: string): void => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  const write = (line: HandlerLine) => void response.write(`${JSON.stringify(line)}\n`)
  const handler = tenant.handle(route, { write, end: () => void response.end() })
  response.once('close', () => tenant.removeHandler(handler, true))
  write({ kind: 'listening', handler })
  keepAlive(response)
}

/** Clients end a response that brings nothing for five minutes; they skip empty lines. */
const keepAlive = (response: ServerResponse): void => {
  const timer = setInterval(() => void response.write('\n'), 60_000).unref()
  response.once('close', () => clearInterval(timer))
}
