import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { guarded } from '../../../../servers/guard.ts'
import { readTarget, type Target } from '../../../../servers/target.ts'
import type { Operation, StubModel } from '../model.ts'
import { controlPrefix, type StubFault, type WireFailure, type WireRequest } from '../wire.ts'
import {
  describedResponse,
  failureResponse,
  handledResponse,
  type StubResponse,
} from './answer/response.ts'
import { control, type Tenants } from './control.ts'
import { openKeptNames } from './kept-names.ts'
import { cookiesOf, headersOf, preferenceOf, sendResponse } from './message.ts'
import { Problem } from './problem.ts'
import { readBody, readBytes } from './request/body.ts'
import { readParameters, type Texts } from './request/parameters.ts'
import { checkSecurity } from './request/security.ts'
import { createRouter } from './routes.ts'
import { createSchemas } from './schemas.ts'
import { createTenant, type Handled, type Tenant } from './tenant.ts'

/** A running server; disposing closes it and all connections. */
export interface StubServer extends AsyncDisposable {
  readonly port: number
}

/** Options of {@link startStubServer}. */
export interface ServerOptions {
  readonly port: number
  /** Each lane has its own state below `/@<lane>`; default one state, of the lane `lane`. */
  readonly shared?: boolean
  /** File that keeps the names of a shared server's lanes; default none. */
  readonly lanes?: string
  /** Address to listen on; default all. */
  readonly host?: string
  /** Logs failures that are not part of a response; default not at all. */
  log?(line: string): void
}

/** Name of the lane of a server that is not shared. */
export const onlyLane = 'lane'

/** Starts a server that answers as a document describes. */
export const startStubServer = async (
  model: StubModel,
  { port, shared = false, lanes, host, log = () => {} }: ServerOptions,
): Promise<StubServer> => {
  const schemas = createSchemas(model.schemas)
  const route = createRouter(model)
  const kept = openKeptNames(shared ? lanes : undefined)
  const states = new Map([...kept.names].map((name) => [name, createTenant()]))
  const tenants: Tenants = {
    get: (name) => states.get(name),
    enter(name) {
      if (states.has(name)) return
      states.set(name, createTenant())
      kept.add(name)
    },
    leave(name) {
      states.get(name)?.reset()
      states.delete(name)
      kept.delete(name)
    },
  }
  if (!shared) tenants.enter(onlyLane)

  /** Returns the lane that a path addresses, and the path below the base path of the document. */
  const locate = ({
    path,
  }: Target): { readonly tenant: Tenant; readonly path: string | undefined } => {
    const [, prefix = '', lane = ''] = (shared && /^(\/@([^/]*))/.exec(path)) || []
    const tenant = states.get(shared ? lane : onlyLane)
    if (tenant === undefined)
      throw new Problem(404, `${path} is of no lane; use the output url of the service as base URL`)
    const rest = path.slice(prefix.length)
    const { basePath } = model
    if (basePath === '') return { tenant, path: rest === '' ? '/' : rest }
    const isBelow = rest === basePath || rest.startsWith(`${basePath}/`)
    return { tenant, path: isBelow ? rest.slice(basePath.length) || '/' : undefined }
  }

  const serve = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = readTarget(raw.url ?? '')
    if (target.path.startsWith(controlPrefix))
      return control(raw, response, target.path, { model, schemas, tenants })
    const { tenant, path } = locate(target)
    const { method = 'GET' } = raw
    const headers = headersOf(raw)
    const common = { at: Date.now(), method, path: path ?? target.path, headers }
    const texts = {
      query: target.query,
      headers,
      cookies: cookiesOf(headers.cookie),
    }
    const bytes = await readBytes(raw)
    const read = readRequest(common.path, path !== undefined, method, texts, bytes)
    const { operation } = read
    const request = tenant.receive({
      ...common,
      ...(operation === undefined
        ? {}
        : {
            route: operation.route,
            ...(operation.id === undefined ? {} : { operationId: operation.id }),
          }),
      ...read.values,
      faults: read.problem?.faults ?? [],
    })
    const settle = (status: number | undefined, by: StubResponse['by']) =>
      tenant.answered(request.id, status, by)
    const failure = tenant.takeFailure(operation?.route)
    if (failure?.delayMs !== undefined) await wait(failure.delayMs)
    if (failure?.drop === 'connection') {
      settle(undefined, 'failure')
      return void raw.socket.resetAndDestroy()
    }
    try {
      const answer = await answerOf(tenant, request, read, failure)
      settle(answer.status, answer.by)
      sendResponse(response, answer, method, failure?.drop === 'mid-body')
    } catch (error) {
      settle(error instanceof Problem ? error.status : 500, 'refusal')
      throw error
    }
  }

  const readRequest = (
    path: string,
    isBelow: boolean,
    method: string,
    texts: Omit<Texts, 'params'>,
    bytes: Buffer,
  ): ReadRequest => {
    const plain = { params: {}, query: Object.fromEntries(texts.query) }
    const type = texts.headers['content-type'] ?? ''
    try {
      if (!isBelow) {
        const message = `${path} is not below ${model.basePath}, the path of the document's server`
        throw new Problem(404, message, [{ in: 'route', message }])
      }
      const { operation, params } = route(method, path)
      const { faults, ...parameters } = readParameters(operation, { ...texts, params }, schemas)
      const body = readBody(operation.body, bytes, type, schemas)
      const values = { ...parameters, ...(body.value === undefined ? {} : { body: body.value }) }
      return {
        operation,
        values,
        problem: problemOf(operation, texts, [...faults, ...body.faults]),
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const body = readBody(undefined, bytes, type, schemas).value
      return { values: { ...plain, ...(body === undefined ? {} : { body }) }, problem: error }
    }
  }

  const problemOf = (
    operation: Operation,
    texts: Omit<Texts, 'params'>,
    faults: readonly StubFault[],
  ): Problem | undefined => {
    let refused: Problem | undefined
    try {
      checkSecurity(operation, model.securitySchemes, texts)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused = error
    }
    const all = [...(refused?.faults ?? []), ...faults]
    if (refused !== undefined)
      return new Problem(refused.status, refused.message, all, refused.headers)
    if (all.length === 0) return undefined
    const status = all.every(({ in: where }) => where === 'content-type') ? 415 : 400
    return new Problem(
      status,
      `the request is not what the document allows for ${operation.route}`,
      all,
    )
  }

  const answerOf = async (
    tenant: Tenant,
    request: WireRequest,
    { operation, problem }: ReadRequest,
    failure: WireFailure | undefined,
  ): Promise<StubResponse> => {
    const { accept } = request.headers
    if (failure?.status !== undefined) return failed(operation, failure, failure.status, accept)
    if (problem !== undefined || operation === undefined)
      throw problem ?? new Problem(404, 'no route')
    const handled = (answer: Handled) =>
      'failed' in answer ? undefined : handledResponse(operation, answer.answer, accept, schemas)
    const answer = await tenant.ask(operation.route, request, (one) => handled(one)?.faults ?? [])
    if (answer === undefined)
      return describedResponse(operation, preferenceOf(request.headers), schemas)
    if ('failed' in answer)
      throw new Problem(500, `the handler of the test failed: ${answer.failed}`)
    const { response, faults } = handledResponse(operation, answer.answer, accept, schemas)
    if (faults.length === 0) return response
    throw new Problem(
      500,
      'the handler of the test answered what the document does not allow',
      faults,
    )
  }

  const failed = (
    operation: Operation | undefined,
    { headers = {}, body }: WireFailure,
    status: number,
    accept: string | undefined,
  ): StubResponse => {
    const described =
      operation === undefined
        ? failureResponse({ responses: {} } as unknown as Operation, status, accept, schemas)
        : failureResponse(operation, status, accept, schemas)
    const own =
      body === undefined
        ? described.body
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const type =
      body === undefined
        ? {}
        : { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' }
    return { ...described, headers: { ...described.headers, ...type, ...headers }, body: own }
  }

  const refuse = (error: unknown, raw: IncomingMessage, response: ServerResponse): void => {
    if (response.headersSent || response.destroyed) return void response.destroy()
    if (!(error instanceof Problem)) {
      // A client that hung up while its body was read has nothing to be answered.
      if (raw.destroyed && !raw.complete) return void response.destroy()
      log(`${raw.method} ${raw.url}: ${(error as Error).stack}`)
    }
    const problem =
      error instanceof Problem ? error : new Problem(500, 'the stub failed; see its log')
    response
      .writeHead(problem.status, { ...problem.headers, 'content-type': 'application/problem+json' })
      .end(raw.method === 'HEAD' ? undefined : problem.body)
  }

  const listener = guarded(serve, refuse)
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

// ---

interface ReadRequest {
  readonly operation?: Operation
  readonly values: Pick<WireRequest, 'params' | 'query' | 'body'>
  /** Why it is refused. */
  readonly problem: Problem | undefined
}
