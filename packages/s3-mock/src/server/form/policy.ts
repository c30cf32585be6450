import { S3Error } from '../s3-error.ts'

/** What a signed policy allows in a form. */
export interface Policy {
  /** Milliseconds since 1970. */
  readonly expires: number
  readonly conditions: readonly Condition[]
}

type Condition =
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly kind: 'content-length-range'; readonly least: number; readonly most: number }

/** Parses a policy. @param text base64 of the JSON document. @throws {S3Error} `InvalidPolicyDocument`. */
export const readPolicy = (text: string): Policy => {
  let document: { expiration?: unknown; conditions?: unknown }
  try {
    document = JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
  } catch (cause) {
    throw invalid('Invalid Policy: Invalid JSON.', cause)
  }
  if (document.expiration === undefined) throw invalid('Invalid Policy: Policy missing expiration.')
  const expiration = String(document.expiration)
  const expires = isoTime.test(expiration) ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(expires))
    throw invalid(`Invalid Policy: Invalid 'expiration' value: '${expiration}'`)
  if (!Array.isArray(document.conditions))
    throw invalid('Invalid Policy: Policy missing conditions.')
  return { expires, conditions: document.conditions.flatMap(readCondition) }
}

/**
 * Checks the fields of a form.
 *
 * @throws {S3Error} `AccessDenied` if the policy has expired, a condition fails, or a field has no condition.
 */
export const checkFields = (
  { expires, conditions }: Policy,
  fields: ReadonlyMap<string, string>,
  now: number,
): void => {
  if (now > expires) throw denied('Policy expired.')
  for (const condition of conditions) {
    if (condition.kind === 'content-length-range') continue
    const value = fields.get(condition.field) ?? ''
    const fits =
      condition.kind === 'eq' ? value === condition.value : value.startsWith(condition.value)
    if (!fits)
      throw denied(
        `Policy Condition failed: ["${condition.kind}", "$${condition.field}", "${condition.value}"]`,
      )
  }
  const covered = new Set(
    conditions.map((condition) =>
      condition.kind === 'content-length-range' ? '' : condition.field,
    ),
  )
  const extra = [...fields.keys()].find(
    (name) => !covered.has(name) && !free.has(name) && !name.startsWith('x-ignore-'),
  )
  if (extra !== undefined) throw denied(`Extra input fields: ${extra}`)
}

/** Returns how long the file may be, in bytes. */
export const sizeLimits = ({ conditions }: Policy): { least: number; most: number } => {
  const ranges = conditions.filter((condition) => condition.kind === 'content-length-range')
  return {
    least: Math.max(0, ...ranges.map(({ least }) => least)),
    most: Math.min(5 * 1024 ** 3, ...ranges.map(({ most }) => most)),
  }
}

// ---

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const free = new Set(['policy', 'x-amz-signature', 'file', 'awsaccesskeyid', 'signature'])

const readCondition = (condition: unknown): Condition[] => {
  if (Array.isArray(condition)) {
    const [kind, field, value] = condition as unknown[]
    const name = String(kind).toLowerCase()
    if (name === 'content-length-range') {
      const [least, most] = [Number(field), Number(value)]
      if (Number.isNaN(least) || Number.isNaN(most)) throw invalid('Invalid Policy: Invalid range.')
      return [{ kind: name, least, most }]
    }
    if (name !== 'eq' && name !== 'starts-with')
      throw invalid(`Invalid Policy: Invalid Condition type: ${name}`)
    return [
      {
        kind: name,
        field: String(field).replace(/^\$/, '').toLowerCase(),
        value: String(value),
      },
    ]
  }
  if (typeof condition !== 'object' || condition === null)
    throw invalid('Invalid Policy: Invalid Condition.')
  const pairs = Object.entries(condition)
  if (pairs.length !== 1)
    throw invalid(
      'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    )
  return pairs.map(([field, value]) => ({
    kind: 'eq',
    field: field.toLowerCase(),
    value: String(value),
  }))
}

const invalid = (message: string, cause?: unknown) =>
  new S3Error('InvalidPolicyDocument', { message, cause })

const denied = (message: string) =>
  new S3Error('AccessDenied', { message: `Invalid according to Policy: ${message}` })
