import type { ServerResponse } from 'node:http'
import type { Account } from './access/account.ts'
import { authorize } from './access/authorize.ts'
import { partiesOf } from './access/parties.ts'
import type { Identity } from './auth/authenticate.ts'
import { type Body, openBody } from './body/receive.ts'
import type { Call } from './call.ts'
import type { S3Request } from './message/request.ts'
import type { Tenant } from './store/tenant.ts'

/**
 * Returns the call of an operation. Bucket and body are checked when the operation reads them, so the operation decides
 * which fault is reported.
 */
export const createCall = (options: {
  readonly request: S3Request
  readonly response: ServerResponse
  readonly identity: Identity
  readonly tenant: Tenant
  readonly account: Account | undefined
  readonly region: string
  readonly emit: Call['emit']
}): Call => {
  const { request, response, identity, tenant, account, region, emit } = options
  const bucketName = request.bucket ?? ''
  let body: Body | undefined
  return {
    request,
    identity,
    tenant,
    account,
    region,
    bucketName,
    key: request.key ?? '',
    get bucket() {
      return tenant.bucket(bucketName)
    },
    get body() {
      body ??= openBody(request, response, identity)
      return body
    },
    get bodyOfObject() {
      return openBody(request, response, identity, { checksum: false })
    },
    parties: (bucket) => partiesOf({ tenant, bucket, account }),
    authorize: (action, what) => authorize({ request, identity, account, action, ...what }),
    emit,
  }
}
