import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authenticate, type Keys } from './auth/authenticate.ts'
import type { Call } from './call.ts'
import { control, controlPrefix } from './control.ts'
import { createCall } from './create-call.ts'
import { createEventBus } from './events/bus.ts'
import { eventOf } from './events/event.ts'
import { createHookSender } from './events/hooks.ts'
import { postObject } from './form/post-object.ts'
import { guarded } from './guard.ts'
import type { Answer } from './message/answer.ts'
import { readRequest, type S3Request } from './message/request.ts'
import { isPublic } from './operations/acl.ts'
import { corsHeaders, preflight } from './operations/cors.ts'
import { type Access, route } from './router.ts'
import { S3Error } from './s3-error.ts'
import { commonHeaders, sendAnswer, sendError } from './send.ts'
import type { Settings } from './settings.ts'
import type { Tenant } from './store/tenant.ts'
import { openTenants } from './tenants.ts'

/** A running server; disposing closes it and all connections. */
export interface S3Server extends AsyncDisposable {
  readonly port: number
}

/** Options of {@link startS3Server}, for tests and logs. */
export interface ServerOptions {
  /** Address to listen on; default all. */
  readonly host?: string
  /** Returns milliseconds since 1970; default `Date.now`. */
  now?(): number
  /** Logs failures that are not part of a response; default not at all. */
  log?(line: string): void
}

/** Starts a server, which loads the data that an earlier one has left in its folder. */
export const startS3Server = async (
  settings: Settings,
  { host, now = Date.now, log = () => {} }: ServerOptions = {},
): Promise<S3Server> => {
  const tenants = openTenants(settings.data, settings)
  if (settings.accessKeyId !== undefined) tenants.enter(settings.accessKeyId)
  const bus = createEventBus()
  const hooks = createHookSender({ region: settings.region, log })
  const keys: Keys = {
    region: settings.region,
    now,
    secretOf: (key) => (tenants.has(key) ? settings.secretAccessKey : undefined),
  }

  const emitFor =
    (tenant: Tenant, { id }: S3Request): Call['emit'] =>
    (name, bucket, key, version) => {
      const where = { accessKeyId: tenant.accessKeyId, bucket: bucket.name, key }
      const versioned = bucket.settings.versioning !== undefined
      const event = eventOf(name, where, version, versioned)
      bus.emit(event)
      hooks.send(event, bucket.settings.hooks, id)
    }

  const tenantOf = (accessKeyId: string | undefined, { bucket }: S3Request): Tenant => {
    const found = accessKeyId === undefined ? tenants.open(bucket) : tenants.get(accessKeyId)
    if (found === undefined) throw new S3Error('AccessDenied')
    return found
  }

  /** Returns the CORS headers for a bucket, also for unsigned requests. */
  const bucketFor = (request: S3Request) => {
    const [key] = (request.param('X-Amz-Credential') ?? '').split('/')
    const authorized = /Credential=([^/]+)\//.exec(request.headers.get('authorization') ?? '')?.[1]
    const tenant = tenants.get(authorized ?? key ?? '') ?? tenants.open(request.bucket)
    return tenant?.buckets.get(request.bucket ?? '')
  }

  const answer = (request: S3Request, response: ServerResponse): Answer | Promise<Answer> => {
    if (request.method === 'OPTIONS') return preflight(request, bucketFor(request))
    if (isForm(request))
      return postObject(request, {
        keys,
        tenant: (key) => tenantOf(key, request),
        emit: (name, tenant, ...what) => emitFor(tenant, request)(name, ...what),
      })
    const identity = authenticate(request, keys)
    const signer = identity.kind === 'signed' ? identity.accessKeyId : undefined
    const tenant = tenantOf(signer, request)
    const { operation, access } = route(request)
    if (signer === undefined) checkPublic(request, tenant, access)
    const emit = emitFor(tenant, request)
    return operation(
      createCall({ request, response, identity, tenant, region: settings.region, emit }),
    )
  }

  const serve = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (raw.url?.startsWith(controlPrefix)) return control(raw, response, tenants, bus)
    const id = newId()
    let more = commonHeaders({ id })
    try {
      const request = readRequest(raw, id, settings.domains)
      more = { ...more, ...corsHeaders(request, bucketFor(request)) }
      await sendAnswer(response, await answer(request, response), more)
    } catch (error) {
      refuse(error, raw, response, id, more)
    }
  }

  const refuse = (
    error: unknown,
    raw: IncomingMessage,
    response: ServerResponse,
    id = newId(),
    more = commonHeaders({ id }),
  ): void => {
    // The client has disconnected, so there is nothing to answer.
    if (response.destroyed || (raw.destroyed && !raw.complete)) return void response.destroy()
    if (!(error instanceof S3Error)) log(`${raw.method} ${raw.url}: ${(error as Error).stack}`)
    const known = error instanceof S3Error ? error : new S3Error('InternalError')
    sendError(response, known, { id, path: raw.url ?? '', method: raw.method ?? '' }, more)
  }

  const listener = guarded(serve, refuse)
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, listener)
  // With `Expect: 100-continue` the client uploads only after the request was accepted.
  server.on('checkContinue', listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: settings.port, host }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      hooks.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

// ---

const newId = (): string => randomBytes(8).toString('hex').toUpperCase()

const isForm = ({ method, key, headers }: S3Request): boolean =>
  method === 'POST' &&
  key === undefined &&
  /^multipart\/form-data/i.test(headers.get('content-type') ?? '')

/** Checks access without a signature. @throws {S3Error} `AccessDenied`. */
const checkPublic = (request: S3Request, tenant: Tenant, access: Access | undefined): void => {
  const bucket = tenant.buckets.get(request.bucket ?? '')
  if (access === undefined || bucket === undefined) throw new S3Error('AccessDenied')
  const { key } = request
  const versionId = request.param('versionId')
  // The ACL of a bucket is for its lists and for writes; each object has an ACL of its own.
  const object =
    key === undefined || access === 'write'
      ? bucket.settings
      : bucket.versions(key).find((one) => versionId === undefined || one.versionId === versionId)
  if (object === undefined || !('acl' in object) || !isPublic(object.acl, access))
    throw new S3Error('AccessDenied')
}
