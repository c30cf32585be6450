import { refuse } from './refusal.ts'
import type { Framing, RequestHead } from './request-head.ts'

type Fields = Pick<RequestHead, 'framing' | 'contentType' | 'upgrade' | 'expectsContinue'>

/** Most header fields of a request. */
export const maxFields = 100

/**
 * Reads header fields. Only those that change the meaning of a request are kept; no field of a client is forwarded.
 *
 * @param lines without their line ends.
 * @throws RefusedError 400; 417 for an unknown `Expect`; 431 for too many fields.
 */
export const readFields = (lines: readonly string[]): Fields => {
  if (lines.length > maxFields) refuse(431, `the head has more than ${maxFields} fields`)
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [name, value] = readField(line)
    if (!critical.has(name)) continue
    if (fields.has(name)) refuse(400, `the field ${name} is repeated`)
    fields.set(name, value)
  }
  if (!fields.has('host')) refuse(400, 'the field host is missing')
  const contentType = readContentType(fields)
  return {
    framing: readFraming(fields),
    ...(contentType === undefined ? {} : { contentType }),
    upgrade: readUpgrade(fields),
    expectsContinue: readExpect(fields),
  }
}

// ---

/** Fields that must not be repeated, because two readers could take different ones. */
const critical: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'transfer-encoding',
  'upgrade',
])

const readField = (line: string): readonly [name: string, value: string] => {
  if (/^[ \t]/.test(line)) refuse(400, 'a header field is folded over several lines')
  const [, name, value = ''] = /^([\w!#$%&'*+\-.^`|~]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
  return [(name ?? refuse(400, 'a header field is malformed')).toLowerCase(), value]
}

const readFraming = (fields: ReadonlyMap<string, string>): Framing => {
  const coding = fields.get('transfer-encoding')
  const length = fields.get('content-length')
  if (fields.has('content-encoding')) refuse(400, 'content-encoding is not allowed')
  if (coding !== undefined && length !== undefined)
    refuse(400, 'the request has both content-length and transfer-encoding')
  if (coding !== undefined)
    return coding.toLowerCase() === 'chunked'
      ? { kind: 'chunked' }
      : refuse(400, 'transfer-encoding must be chunked')
  if (length === undefined) return { kind: 'length', bytes: 0 }
  // At most 15 digits, so that the number is exact.
  if (!/^(?:0|[1-9]\d{0,14})$/.test(length)) refuse(400, 'content-length is not a plain number')
  return { kind: 'length', bytes: Number(length) }
}

const readContentType = (fields: ReadonlyMap<string, string>): string | undefined =>
  fields.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()

const readUpgrade = (fields: ReadonlyMap<string, string>): boolean => {
  const options = (fields.get('connection') ?? '').toLowerCase().split(/[ \t]*,[ \t]*/)
  const upgrade = fields.get('upgrade')
  if ((upgrade !== undefined) !== options.includes('upgrade'))
    refuse(400, 'upgrade and connection do not agree')
  const odd = options.find((option) => !['', 'close', 'keep-alive', 'upgrade'].includes(option))
  if (odd !== undefined) refuse(400, 'connection names another header field')
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'tcp') refuse(400, 'upgrade must be tcp')
  return upgrade !== undefined
}

const readExpect = (fields: ReadonlyMap<string, string>): boolean => {
  const expect = fields.get('expect')
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    refuse(417, 'expect must be 100-continue')
  return expect !== undefined
}
