import { doubleOf, type Field, fieldsOf, fixed64Of, int64Of } from '../protobuf/message.ts'
import type { OtlpAttributes } from '../trace/event/event.ts'
import { type Batch, deepestValue, leftOut, type RawLog, type RawSpan } from './raw.ts'

/*
 * The messages of OTLP 1.x by their field numbers. Unknown fields are ignored; a field that comes with another type than
 * it has is an error of the message.
 */

/** Returns the spans of an `ExportTraceServiceRequest`. Throws an `Error` if it is not one. */
export const spansIn = (message: Uint8Array): Batch<RawSpan>[] => batchesOf(message, spanOf)

/** Returns the log records of an `ExportLogsServiceRequest`. Throws an `Error` if it is not one. */
export const logsIn = (message: Uint8Array): Batch<RawLog>[] => batchesOf(message, logOf)

// ---

/** Both requests have the same frame: resources, in them libraries, in them items. */
const batchesOf = <T>(message: Uint8Array, itemOf: (item: Uint8Array) => T): Batch<T>[] => {
  const batches: Batch<T>[] = []
  for (const ofResource of repeated(message, 1)) {
    let resource: OtlpAttributes = {}
    for (const one of repeated(ofResource, 1)) resource = attributesOf(repeated(one, 1))
    for (const ofScope of repeated(ofResource, 2)) {
      const items: T[] = []
      let scope = ''
      for (const field of fieldsOf(ofScope)) {
        if (field.number === 1) scope = text(only(inner(field), 1))
        if (field.number === 2) items.push(itemOf(inner(field)))
      }
      batches.push({ resource, scope, items })
    }
  }
  return batches
}

const spanOf = (message: Uint8Array): RawSpan => {
  const one = {
    ...{ trace: '', id: '', parent: '', name: '', kind: 0, start: 0, end: 0 },
    ...{ status: 0, message: '' },
  }
  const attributes: Uint8Array[] = []
  const events: RawSpan['events'][number][] = []
  const links: RawSpan['links'][number][] = []
  for (const field of fieldsOf(message)) {
    switch (field.number) {
      case 1:
        one.trace = hex(inner(field))
        break
      case 2:
        one.id = hex(inner(field))
        break
      case 4:
        one.parent = hex(inner(field))
        break
      case 5:
        one.name = text(field)
        break
      case 6:
        one.kind = field.value
        break
      case 7:
        one.start = millis(field)
        break
      case 8:
        one.end = millis(field)
        break
      case 9:
        attributes.push(inner(field))
        break
      case 11:
        events.push(eventOf(inner(field)))
        break
      case 13:
        links.push(linkOf(inner(field)))
        break
      case 15:
        one.message = text(only(inner(field), 2))
        one.status = only(inner(field), 3)?.value ?? 0
        break
    }
  }
  return { ...one, attributes: attributesOf(attributes), events, links }
}

const eventOf = (message: Uint8Array): RawSpan['events'][number] => ({
  time: millis(only(message, 1)),
  name: text(only(message, 2)),
  attributes: attributesOf(repeated(message, 3)),
})

const linkOf = (message: Uint8Array): RawSpan['links'][number] => ({
  trace: hex(bytesOf(only(message, 1))),
  id: hex(bytesOf(only(message, 2))),
})

const logOf = (message: Uint8Array): RawLog => {
  const body = only(message, 5)
  return {
    time: millis(only(message, 1)),
    observed: millis(only(message, 11)),
    severity: only(message, 2)?.value ?? 0,
    body: body === undefined ? undefined : plainValue(inner(body), 0),
    attributes: attributesOf(repeated(message, 6)),
    trace: hex(bytesOf(only(message, 9))),
    span: hex(bytesOf(only(message, 10))),
  }
}

const attributesOf = (pairs: readonly Uint8Array[], depth = 0): OtlpAttributes =>
  Object.fromEntries(
    pairs.map((pair) => {
      const value = only(pair, 2)
      return [text(only(pair, 1)), value === undefined ? null : plainValue(inner(value), depth)]
    }),
  )

/** Returns an `AnyValue` as a plain one. */
const plainValue = (message: Uint8Array, depth: number): unknown => {
  if (depth > deepestValue) return leftOut
  let value: unknown = null
  for (const field of fieldsOf(message)) {
    switch (field.number) {
      case 1:
        value = text(field)
        break
      case 2:
        value = field.value !== 0
        break
      case 3: {
        const number = int64Of(field)
        value = typeof number === 'bigint' ? String(number) : number
        break
      }
      case 4:
        value = doubleOf(field)
        break
      case 5:
        value = repeated(inner(field), 1).map((item) => plainValue(item, depth + 1))
        break
      case 6:
        value = attributesOf(repeated(inner(field), 1), depth + 1)
        break
      case 7:
        value = Buffer.from(inner(field)).toString('base64')
        break
    }
  }
  return value
}

const only = (message: Uint8Array, number: number): Field | undefined => {
  let found: Field | undefined
  for (const field of fieldsOf(message)) if (field.number === number) found = field
  return found
}

const repeated = (message: Uint8Array, number: number): Uint8Array[] => {
  const found: Uint8Array[] = []
  for (const field of fieldsOf(message)) if (field.number === number) found.push(inner(field))
  return found
}

/** Returns text, bytes or a message. */
const inner = ({ number, wireType, bytes }: Field): Uint8Array => {
  if (wireType !== 2) throw new Error(`field ${number} of a protobuf message has another type`)
  return bytes
}

const none = new Uint8Array()

const bytesOf = (field: Field | undefined): Uint8Array =>
  field === undefined ? none : inner(field)

const decoder = new TextDecoder()

const text = (field: Field | undefined): string =>
  field === undefined ? '' : decoder.decode(inner(field))

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Nanoseconds need more bits than a number has: it is precise to a microsecond. */
const millis = (field: Field | undefined): number =>
  field === undefined ? 0 : fixed64Of(field) / 1e6
