import type { OtlpAttributes } from '../trace/event/event.ts'
import { type Batch, deepestValue, leftOut, type RawLog, type RawSpan } from './raw.ts'

/*
 * OTLP as JSON: names in lowerCamelCase, ids as hexadecimal digits, 64-bit numbers as strings or numbers, kinds as
 * numbers. Unknown names are ignored; a value of another type counts as absent.
 */

/** Returns the spans of a request. Throws an `Error` if it is not an object. */
export const spansIn = (request: unknown): Batch<RawSpan>[] =>
  batchesOf(request, ['resourceSpans', 'scopeSpans', 'spans'], spanOf)

/** Returns the log records of a request. Throws an `Error` if it is not an object. */
export const logsIn = (request: unknown): Batch<RawLog>[] =>
  batchesOf(request, ['resourceLogs', 'scopeLogs', 'logRecords'], logOf)

// ---

type Fields = Readonly<Record<string, unknown>>

const batchesOf = <T>(
  request: unknown,
  [ofResource, ofScope, ofItem]: readonly [string, string, string],
  itemOf: (item: Fields) => T,
): Batch<T>[] => {
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new Error('the body is not an object')
  return objects((request as Fields)[ofResource]).flatMap((resource) =>
    objects(resource[ofScope]).map((scope) => ({
      resource: attributesOf(object(resource.resource).attributes),
      scope: string(object(scope.scope).name),
      items: objects(scope[ofItem]).map(itemOf),
    })),
  )
}

const spanOf = (span: Fields): RawSpan => ({
  trace: id(span.traceId),
  id: id(span.spanId),
  parent: id(span.parentSpanId),
  name: string(span.name),
  kind: integer(span.kind),
  start: millis(span.startTimeUnixNano),
  end: millis(span.endTimeUnixNano),
  attributes: attributesOf(span.attributes),
  events: objects(span.events).map((event) => ({
    time: millis(event.timeUnixNano),
    name: string(event.name),
    attributes: attributesOf(event.attributes),
  })),
  links: objects(span.links).map((link) => ({ trace: id(link.traceId), id: id(link.spanId) })),
  status: integer(object(span.status).code),
  message: string(object(span.status).message),
})

const logOf = (log: Fields): RawLog => ({
  time: millis(log.timeUnixNano),
  observed: millis(log.observedTimeUnixNano),
  severity: integer(log.severityNumber),
  body: log.body === undefined ? undefined : plainValue(log.body, 0),
  attributes: attributesOf(log.attributes),
  trace: id(log.traceId),
  span: id(log.spanId),
})

const attributesOf = (pairs: unknown, depth = 0): OtlpAttributes =>
  Object.fromEntries(
    objects(pairs).map(({ key, value }) => [string(key), plainValue(value, depth)]),
  )

/** Returns an `AnyValue` as a plain one. */
const plainValue = (any: unknown, depth: number): unknown => {
  if (depth > deepestValue) return leftOut
  const value = object(any)
  if (typeof value.stringValue === 'string') return value.stringValue
  if (typeof value.boolValue === 'boolean') return value.boolValue
  if ('intValue' in value) return wholeNumber(value.intValue)
  if ('doubleValue' in value) return Number(value.doubleValue)
  if ('arrayValue' in value)
    return objects(object(value.arrayValue).values).map((item) => plainValue(item, depth + 1))
  if ('kvlistValue' in value) return attributesOf(object(value.kvlistValue).values, depth + 1)
  if (typeof value.bytesValue === 'string') return value.bytesValue
  return null
}

const wholeNumber = (value: unknown): number | string => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

const object = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none

const none: Fields = {}

const objects = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(object) : [])

const string = (value: unknown): string => (typeof value === 'string' ? value : '')

const integer = (value: unknown): number => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : 0
}

const id = (value: unknown): string => string(value).toLowerCase()

const millis = (value: unknown): number => {
  const nanos = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0
  return Number.isFinite(nanos) ? nanos / 1e6 : 0
}
