import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { guarded } from '../../../../servers/guard.ts'
import { askedBy } from '../../../../servers/page/asked-by.ts'
import type { PageFiles } from '../../../../servers/page/page-files.ts'
import { sendPage } from '../../../../servers/page/serve-page.ts'
import type { Account } from './access/account.ts'
import { checkExpectedOwner } from './access/expected-owner.ts'
import { authenticate, type Identity, type Keys } from './auth/authenticate.ts'
import type { Call } from './call.ts'
import { control, controlPrefix } from './control.ts'
import { createCall } from './create-call.ts'
import { createEventBus } from './events/bus.ts'
import { eventOf } from './events/event.ts'
import { createHookSender } from './events/hooks.ts'
import { keepRecent } from './events/recent.ts'
import { postObject } from './form/post-object.ts'
import type { Answer } from './message/answer.ts'
import { readRequest, type S3Request } from './message/request.ts'
import { corsHeaders, preflight } from './operations/cors.ts'
import { createS3Page, openedHeaders, type PageCall } from './page/s3-page.ts'
import { type Route, route } from './router.ts'
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
  /** Files of the web page; default none. */
  readonly page?: PageFiles | undefined
  /** Returns milliseconds since 1970; default `Date.now`. */
  now?(): number
  /** Logs failures that are not part of a response; default not at all. */
  log?(line: string): void
}

/** Starts a server, which loads the data that an earlier one has left in its folder. */
export const startS3Server = async (
  settings: Settings,
  { host, page: files, now = Date.now, log = () => {} }: ServerOptions = {},
): Promise<S3Server> => {
  const tenants = openTenants(settings.data, settings)
  if (settings.accessKeyId !== undefined) tenants.enter(settings.accessKeyId)
  const bus = createEventBus()
  const recent = keepRecent(bus)
  const region = settings.region === 'any' ? 'us-east-1' : settings.region
  const hooks = createHookSender({ region, log })
  const keys: Keys = {
    region: settings.region,
    now,
    secretOf: (key) => (tenants.find(key) !== undefined ? settings.secretAccessKey : undefined),
  }

  const page = files && createS3Page(files, tenants.keys)

  const emitFor =
    (tenant: Tenant, { id }: S3Request): Call['emit'] =>
    (name, bucket, key, version) => {
      const where = { accessKeyId: tenant.accessKeyId, bucket: bucket.name, key }
      const versioned = bucket.settings.versioning !== undefined
      const event = eventOf(name, where, version, versioned)
      bus.emit(event)
      hooks.send(event, bucket.settings.hooks, id)
    }

  const senderOf = (accessKeyId: string | undefined, { bucket }: S3Request): Sender => {
    const found = accessKeyId === undefined ? openTo(bucket) : tenants.find(accessKeyId)
    if (found !== undefined) return found
    if (bucket === undefined) throw new S3Error('AccessDenied')
    throw new S3Error('NoSuchBucket', { details: { BucketName: bucket } })
  }

  const openTo = (bucket: string | undefined): Sender | undefined => {
    const tenant = tenants.open(bucket)
    return tenant === undefined ? undefined : { tenant, account: undefined }
  }

  /** Returns the CORS headers for a bucket, also for unsigned requests. */
  const bucketFor = (request: S3Request) => {
    const [key] = (request.param('X-Amz-Credential') ?? '').split('/')
    const authorized = /Credential=([^/]+)\//.exec(request.headers.get('authorization') ?? '')?.[1]
    const version2 =
      request.param('AWSAccessKeyId') ??
      /^AWS (.+):/.exec(request.headers.get('authorization') ?? '')?.[1]
    const tenant =
      tenants.find(authorized ?? version2 ?? key ?? '')?.tenant ?? tenants.open(request.bucket)
    return tenant?.buckets.get(request.bucket ?? '')
  }

  const answer = (request: S3Request, response: ServerResponse): Answer | Promise<Answer> => {
    if (request.method === 'OPTIONS') return preflight(request, bucketFor(request))
    if (isForm(request))
      return postObject(request, {
        keys,
        sender: (key) => senderOf(key, request),
        emit: (name, tenant, ...what) => emitFor(tenant, request)(name, ...what),
      })
    return perform(request, response, authenticate(request, keys))
  }

  /** Answers a request whose sender is known. */
  const perform = (
    request: S3Request,
    response: ServerResponse,
    identity: Identity,
  ): Answer | Promise<Answer> => {
    const signer = identity.kind === 'signed' ? identity.accessKeyId : undefined
    const sender = senderOf(signer, request)
    const { operation, action } = route(request)
    const emit = emitFor(sender.tenant, request)
    const call = createCall({ request, response, identity, ...sender, region, emit })
    admit(call, action)
    return operation(call)
  }

  const serve = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    const file = page?.file(raw)
    if (file !== undefined) return sendPage(raw, response, file)
    const id = newId()
    let more: ReturnType<typeof commonHeaders> = commonHeaders({ id })
    const call = page?.call(raw)
    if (call !== undefined) return serveCall(call, raw, response, id)
    if (raw.url?.startsWith(controlPrefix)) {
      // A page of another site could reset everything.
      if (askedBy(raw.headers) === 'stranger') throw new S3Error('AccessDenied')
      return control(raw, response, tenants, bus, recent)
    }
    try {
      const request = readRequest(raw, id, settings.domains)
      more = { ...more, ...corsHeaders(request, bucketFor(request)), ...openedHeaders(raw) }
      await sendAnswer(response, await answer(request, response), more)
    } catch (error) {
      refuse(error, raw, response, id, more)
    }
  }

  /** Answers a request of the web page like a signed one. */
  const serveCall = async (
    { identity, url, headers }: PageCall,
    raw: IncomingMessage,
    response: ServerResponse,
    id: string,
  ): Promise<void> => {
    const more = { ...commonHeaders({ id }), ...headers }
    try {
      raw.url = url
      const { headers: own, ...sent } = await perform(readRequest(raw, id, []), response, identity)
      await sendAnswer(response, { ...sent, headers: { ...own, ...headers } }, more)
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
    // What is left of the body is discarded, so that the client can read the answer.
    raw.removeAllListeners('readable').resume()
    sendError(response, known, { id, path: raw.url ?? '', method: raw.method ?? '' }, more)
  }

  const listener = guarded(serve, refuse)
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, listener)
  // With `Expect: 100-continue` the client uploads only after the request was accepted.
  server.on('checkContinue', listener)
  // Other expectations are ignored, as in S3.
  server.on('checkExpectation', listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: settings.port, host: host ?? settings.host }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      hooks.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      tenants.close()
    },
  }
}

// ---

const newId = (): string => randomBytes(8).toString('hex').toUpperCase()

const isForm = ({ method, key, headers }: S3Request): boolean =>
  method === 'POST' &&
  key === undefined &&
  /^multipart\/form-data/i.test(headers.get('content-type') ?? '')

/** Who sent a request, and whose buckets it is about. */
interface Sender {
  readonly tenant: Tenant
  /** `undefined` without a signature. */
  readonly account: Account | undefined
}

/** Actions that have another name for a version: `s3:GetObjectVersion`. Those on retentions and legal holds have not. */
const ofVersions: ReadonlySet<string> = new Set([
  ...['s3:GetObject', 's3:GetObjectAcl', 's3:GetObjectAttributes', 's3:GetObjectTagging'],
  ...['s3:PutObjectAcl', 's3:PutObjectTagging', 's3:DeleteObject', 's3:DeleteObjectTagging'],
])

/** Checks who may do what a route does. @throws {S3Error} `AccessDenied`, `NoSuchBucket`. */
const admit = (call: Call, action: Route['action']): void => {
  const { request, account, tenant } = call
  if (action === 'account') {
    if (account === undefined) throw new S3Error('AccessDenied')
    return
  }
  const { bucket } = call
  checkExpectedOwner(tenant, bucket, request.header('x-amz-expected-bucket-owner'))
  if (action === 'each') return
  const versionId = request.param('versionId')
  const isOther = versionId !== undefined && ofVersions.has(action)
  const asked = isOther ? action.replace('Object', 'ObjectVersion') : action
  call.authorize(asked, { bucket, key: request.key, versionId })
}
