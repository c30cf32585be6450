import { BlockList, isIP } from 'node:net'
import { matchesWildcard } from './wildcard.ts'

/** `{ StringEquals: { 's3:prefix': ['a/'] } }` */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** Returns the values of a condition key in a request; `undefined` if the request has none. */
export type ContextOf = (key: string) => readonly string[] | undefined

/** Keys that a request has values of. Names in lower case. */
const keys = new Set([
  ...['aws:currenttime', 'aws:epochtime', 'aws:principalaccount', 'aws:principalarn'],
  ...['aws:principaltype', 'aws:referer', 'aws:securetransport', 'aws:sourceaccount'],
  ...['aws:sourcearn', 'aws:sourceip', 'aws:useragent', 's3:authtype', 's3:delimiter'],
  ...['s3:locationconstraint', 's3:max-keys', 's3:prefix', 's3:signatureversion'],
  ...['s3:versionid', 's3:x-amz-acl', 's3:x-amz-content-sha256', 's3:x-amz-copy-source'],
  ...['s3:x-amz-grant-full-control', 's3:x-amz-grant-read', 's3:x-amz-grant-read-acp'],
  ...['s3:x-amz-grant-write', 's3:x-amz-grant-write-acp', 's3:x-amz-metadata-directive'],
  ...['s3:x-amz-server-side-encryption', 's3:x-amz-server-side-encryption-aws-kms-key-id'],
  ...['s3:x-amz-server-side-encryption-customer-algorithm', 's3:x-amz-storage-class'],
  's3:x-amz-website-redirect-location',
])
const keysWithName = /^s3:(existingobjecttag|requestobjecttag)\/./i

/** Returns whether a request can have values of a condition key. */
export const isKnownKey = (key: string): boolean =>
  keys.has(key.toLowerCase()) || keysWithName.test(key)

/** Returns whether an operator is one of IAM's, and this server evaluates it. */
export const isKnownOperator = (name: string): boolean => readOperator(name) !== undefined

/** Returns whether a request fulfils all conditions. */
export const fulfils = (conditions: Conditions, context: ContextOf): boolean =>
  Object.entries(conditions).every(([name, wanted]) => {
    const operator = readOperator(name)
    return (
      operator !== undefined &&
      Object.entries(wanted).every(([key, values]) => operator(context(key), values))
    )
  })

/** Returns whether a text is an address or a range of addresses. */
export const isAddressRange = (text: string): boolean => {
  const [net = '', bits, more] = text.split('/')
  const most = isIP(net) === 4 ? 32 : isIP(net) === 6 ? 128 : -1
  return (
    most !== -1 &&
    more === undefined &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  )
}

// ---

type Operator = (found: readonly string[] | undefined, wanted: readonly string[]) => boolean

const readOperator = (name: string): Operator | undefined => {
  if (name === 'Null')
    return (found, wanted) =>
      wanted.some((one) => (found === undefined) === (one.toLowerCase() === 'true'))
  const [, quantor, base = '', ifExists] =
    /^(ForAnyValue:|ForAllValues:)?(.*?)(IfExists)?$/.exec(name) ?? []
  const test = Object.hasOwn(tests, base) ? tests[base] : undefined
  if (test === undefined) return undefined
  const { fits, negated } = test
  return (found, wanted) => {
    if (found === undefined)
      return ifExists !== undefined || quantor === 'ForAllValues:' || negated === true
    const one = (value: string) => {
      const any = wanted.some((pattern) => fits(value, pattern))
      return negated === true ? !any : any
    }
    return quantor === 'ForAnyValue:' ? found.some(one) : found.every(one)
  }
}

interface Test {
  fits(value: string, wanted: string): boolean
  readonly negated?: boolean
}

const lower = (text: string) => text.toLowerCase()
const equals: Test['fits'] = (value, wanted) => value === wanted
const equalsAnyCase: Test['fits'] = (value, wanted) => lower(value) === lower(wanted)
const like: Test['fits'] = (value, wanted) => matchesWildcard(wanted, value)
const number =
  (compare: (a: number, b: number) => boolean): Test['fits'] =>
  (value, wanted) =>
    compare(Number(value), Number(wanted))
const date =
  (compare: (a: number, b: number) => boolean): Test['fits'] =>
  (value, wanted) =>
    compare(timeOf(value), timeOf(wanted))
const timeOf = (text: string): number =>
  /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text)

const tests: Readonly<Record<string, Test>> = {
  StringEquals: { fits: equals },
  StringNotEquals: { fits: equals, negated: true },
  StringEqualsIgnoreCase: { fits: equalsAnyCase },
  StringNotEqualsIgnoreCase: { fits: equalsAnyCase, negated: true },
  StringLike: { fits: like },
  StringNotLike: { fits: like, negated: true },
  ArnEquals: { fits: like },
  ArnLike: { fits: like },
  ArnNotEquals: { fits: like, negated: true },
  ArnNotLike: { fits: like, negated: true },
  NumericEquals: { fits: number((a, b) => a === b) },
  NumericNotEquals: { fits: number((a, b) => a === b), negated: true },
  NumericLessThan: { fits: number((a, b) => a < b) },
  NumericLessThanEquals: { fits: number((a, b) => a <= b) },
  NumericGreaterThan: { fits: number((a, b) => a > b) },
  NumericGreaterThanEquals: { fits: number((a, b) => a >= b) },
  DateEquals: { fits: date((a, b) => a === b) },
  DateNotEquals: { fits: date((a, b) => a === b), negated: true },
  DateLessThan: { fits: date((a, b) => a < b) },
  DateLessThanEquals: { fits: date((a, b) => a <= b) },
  DateGreaterThan: { fits: date((a, b) => a > b) },
  DateGreaterThanEquals: { fits: date((a, b) => a >= b) },
  Bool: { fits: equalsAnyCase },
  IpAddress: { fits: (value, range) => isInRange(value, range) },
  NotIpAddress: { fits: (value, range) => isInRange(value, range), negated: true },
}

const isInRange = (address: string, range: string): boolean => {
  const [net = '', bits] = range.split('/')
  const [family, netFamily] = [isIP(address), isIP(net)]
  if (family === 0 || netFamily === 0) return false
  const list = new BlockList()
  const type = netFamily === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(net, bits === undefined ? (netFamily === 4 ? 32 : 128) : Number(bits), type)
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
