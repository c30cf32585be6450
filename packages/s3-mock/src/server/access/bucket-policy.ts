import { S3Error } from '../s3-error.ts'
import type { Account } from './account.ts'
import {
  type Conditions,
  type ContextOf,
  fulfils,
  isAddressRange,
  isKnownKey,
  isKnownOperator,
} from './conditions.ts'
import { matchesWildcard } from './wildcard.ts'

/** Values that match, or must not match. */
interface Selection {
  readonly not: boolean
  readonly values: readonly string[]
}

interface Statement {
  readonly effect: 'Allow' | 'Deny'
  /** `*`, account numbers, ARNs, canonical user ids; services are left out, because none sends a request. */
  readonly principals: Selection
  readonly actions: Selection
  /** `<bucket>` or `<bucket>/<key>`, with wildcards. */
  readonly resources: Selection
  readonly conditions: Conditions
}

/** The policy of a bucket. */
export interface BucketPolicy {
  /** The document as it was sent. */
  readonly text: string
  readonly statements: readonly Statement[]
}

/** A request, as policies see it. */
export interface PolicyRequest {
  /** `s3:GetObject`. */
  readonly action: string
  /** `<bucket>` or `<bucket>/<key>`. */
  readonly resource: string
  /** Who sent it; `undefined` without a signature. */
  readonly account: Account | undefined
  readonly context: ContextOf
}

const maxBytes = 20 * 1024

/**
 * Parses the policy of a bucket, as strictly as S3.
 *
 * @throws {S3Error} `MalformedPolicy`; `NotImplemented` for a condition that this server cannot evaluate, because
 * ignoring it would allow or deny more than S3 does.
 */
export const readBucketPolicy = (text: string, bucket: string): BucketPolicy => {
  if (Buffer.byteLength(text) > maxBytes)
    throw malformed('Policy exceeds the maximum allowed document size.')
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw new S3Error('MalformedPolicy', { cause })
  }
  if (!isRecord(document)) throw new S3Error('MalformedPolicy')
  const { Version, Statement, ...others } = document
  const strange = Object.keys(others).find((name) => name !== 'Id')
  if (strange !== undefined) throw malformed(`Unknown field ${strange}`)
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17')
    throw malformed('The policy must contain a valid version string')
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  if (Statement === undefined || statements.length === 0)
    throw malformed('Missing required field Statement')
  return { text, statements: statements.map((one) => readStatement(one, bucket)) }
}

/** Returns what a policy says of a request; a denial counts more than a permission. */
export const verdictOf = (
  { statements }: BucketPolicy,
  request: PolicyRequest,
): 'Allow' | 'Deny' | undefined => {
  const effects = statements.filter((one) => applies(one, request)).map(({ effect }) => effect)
  return effects.includes('Deny') ? 'Deny' : effects[0]
}

/** Returns whether a policy allows anything to everyone, without a condition that narrows it to fixed callers. */
export const isPublicPolicy = ({ statements }: BucketPolicy): boolean =>
  statements.some(
    ({ effect, principals, conditions }) =>
      effect === 'Allow' &&
      (principals.not || principals.values.includes('*')) &&
      !narrowsCallers(conditions),
  )

// ---

const applies = (statement: Statement, request: PolicyRequest): boolean =>
  selects(statement.principals, (one) => isPrincipal(one, request.account)) &&
  selects(statement.actions, (one) =>
    matchesWildcard(one.toLowerCase(), request.action.toLowerCase()),
  ) &&
  selects(statement.resources, (one) => matchesWildcard(one, request.resource)) &&
  fulfils(statement.conditions, request.context)

const selects = ({ not, values }: Selection, test: (value: string) => boolean): boolean =>
  values.some(test) !== not

const isPrincipal = (principal: string, account: Account | undefined): boolean => {
  if (principal === '*') return true
  if (account === undefined) return false
  const root = /^arn:[^:]*:iam::([^:]*):root$/.exec(principal)?.[1]
  return (root ?? principal) === account.number || principal === account.id
}

const readStatement = (value: unknown, bucket: string): Statement => {
  if (!isRecord(value)) throw malformed('Invalid policy syntax.')
  const strange = Object.keys(value).find((name) => !fields.has(name))
  if (strange !== undefined) throw malformed(`Unknown field ${strange}`)
  const { Effect } = value
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`Invalid effect: ${String(Effect)}`)
  if (Effect === 'Allow' && value.NotPrincipal !== undefined)
    throw malformed('Allow with NotPrincipal is not allowed.')
  const actions = select(value, 'Action', texts)
  const wrongAction = actions.values.find((one) => !/^(\*|s3:[a-z*?]+)$/i.test(one))
  if (wrongAction !== undefined || actions.values.length === 0)
    throw malformed('Policy has invalid action')
  const resources = select(value, 'Resource', texts)
  const paths = resources.values.map((one) => readResource(one, bucket))
  if (paths.length === 0) throw malformed('Policy has invalid resource')
  if (!actions.not && !resources.not) checkLevels(actions.values, paths)
  return {
    effect: Effect,
    principals: select(value, 'Principal', readPrincipal),
    actions,
    resources: { ...resources, values: paths },
    conditions: readConditions(value.Condition),
  }
}

const fields = new Set([
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction'],
  ...['Resource', 'NotResource', 'Condition'],
])

/** Reads `<name>` or `Not<name>`, of which a statement has one. */
const select = (
  statement: Readonly<Record<string, unknown>>,
  name: string,
  read: (value: unknown) => readonly string[],
): Selection => {
  const [plain, negated] = [statement[name], statement[`Not${name}`]]
  if ((plain === undefined) === (negated === undefined))
    throw malformed(`Missing required field ${name}`)
  return plain === undefined
    ? { not: true, values: read(negated) }
    : { not: false, values: read(plain) }
}

const readPrincipal = (value: unknown): readonly string[] => {
  if (value === '*') return ['*']
  if (!isRecord(value)) throw malformed('Invalid policy syntax.')
  return Object.entries(value).flatMap(([kind, given]) => {
    const names = texts(given)
    if (kind === 'Service' || kind === 'Federated') return []
    if (kind === 'CanonicalUser') return names
    const wrong = names.find((name) => !/^(\*|\d{12}|arn:aws[\w-]*:(iam|sts)::.+)$/.test(name))
    if (kind !== 'AWS' || wrong !== undefined) throw malformed('Invalid principal in policy')
    return names
  })
}

const readResource = (arn: string, bucket: string): string => {
  const path = /^arn:aws[\w-]*:s3:::(.+)$/.exec(arn)?.[1]
  const [name = '', ...key] = (path ?? '').split('/')
  const isOfBucket =
    matchesWildcard(name, bucket) || (key.length === 0 && matchesWildcard(name, `${bucket}/`))
  if (path === undefined || !isOfBucket) throw malformed('Policy has invalid resource')
  checkNoVariables(arn)
  return path
}

const objectAction =
  /^s3:((Get|Put|Delete|Restore|Replicate|Update|Rename)Object|AbortMultipartUpload|ListMultipartUploadParts|BypassGovernanceRetention)/i

/** An action on objects with the ARN of only the bucket, or the reverse, is a mistake that S3 refuses. */
const checkLevels = (actions: readonly string[], paths: readonly string[]): void => {
  // `bucket*` is the bucket and what is in it.
  const levels = {
    bucket: paths.some((path) => !path.includes('/')),
    object: paths.some((path) => path.includes('/') || path.endsWith('*')),
  }
  const wrong = actions.find(
    (action) => !/[*?]/.test(action) && !levels[objectAction.test(action) ? 'object' : 'bucket'],
  )
  if (wrong !== undefined) throw malformed('Action does not apply to any resource(s) in statement')
}

const readConditions = (value: unknown): Conditions => {
  if (value === undefined) return {}
  if (!isRecord(value)) throw malformed('Invalid policy syntax.')
  return Object.fromEntries(
    Object.entries(value).map(([operator, wanted]) => {
      if (!isKnownOperator(operator)) throw malformed(`Invalid Condition type : ${operator}`)
      if (!isRecord(wanted)) throw malformed('Invalid policy syntax.')
      const byKey = Object.entries(wanted).map(([key, given]) => {
        const values = texts(given)
        if (!isKnownKey(key))
          throw new S3Error('NotImplemented', {
            message: `The condition key ${key} is not implemented`,
          })
        if (/IpAddress/.test(operator) && !values.every(isAddressRange))
          throw malformed(`Invalid IP address in Conditions`)
        for (const one of values) checkNoVariables(one)
        return [key, values] as const
      })
      return [operator, Object.fromEntries(byKey)]
    }),
  )
}

const checkNoVariables = (text: string): void => {
  const found = /\$\{(?![*?$]\})[^}]*\}/.exec(text)?.[0]
  if (found !== undefined)
    throw new S3Error('NotImplemented', {
      message: `The policy variable ${found} is not implemented`,
    })
}

const callerKeys = /^aws:(sourceip|sourcearn|sourceaccount|principalaccount|principalarn)$/i

const narrowsCallers = (conditions: Conditions): boolean =>
  Object.entries(conditions).some(
    ([operator, wanted]) =>
      /^(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/.test(
        operator,
      ) &&
      Object.entries(wanted).some(
        ([key, values]) =>
          callerKeys.test(key) && !values.some((one) => one.includes('*') || /\/0+$/.test(one)),
      ),
  )

const texts = (value: unknown): readonly string[] => {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.map((one) => {
    if (typeof one !== 'string' && typeof one !== 'boolean' && typeof one !== 'number')
      throw malformed('Invalid policy syntax.')
    return String(one)
  })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const malformed = (message: string) => new S3Error('MalformedPolicy', { message })
