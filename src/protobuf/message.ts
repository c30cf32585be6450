/** A field of a protobuf message. */
export interface Field {
  readonly number: number
  /** 0 a number, 2 text, bytes or a message, 1 and 5 eight and four bytes. */
  readonly wireType: number
  /** The number, precise up to 2^53; the length of text, bytes and messages; 0 for four and eight bytes. */
  readonly value: number
  /** The content; of a number as it is encoded. */
  readonly bytes: Uint8Array
}

/** Text, bytes or a number from 0 to 2^53, by field number. Zero and empty values are left out, as protobuf does. */
export type FieldValues = Readonly<Record<number, string | Uint8Array | number>>

/**
 * Yields the fields of a protobuf message; throws an `Error` for what is not one.
 *
 * @see https://protobuf.dev/programming-guides/encoding
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; factor <= largestFactor; factor *= 128) {
      const byte = message[at++]
      if (byte === undefined) throw new Error(cutOff)
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
    throw new Error('a protobuf message has a number of more than ten bytes')
  }
  while (at < message.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const type = tag % 8
    const start = at
    const value = type === 0 || type === 2 ? varint() : 0
    const size = type === 2 ? value : sizes[type]
    if (size === undefined) throw new Error(`a protobuf message has a field of type ${type}`)
    if (type !== 0) at += size
    if (at > message.length) throw new Error(cutOff)
    const bytes = message.subarray(type === 0 ? start : at - size, at)
    yield { number, wireType: type, value, bytes }
  }
}

/** Returns the last field of each number. */
export const byNumber = (message: Uint8Array): ReadonlyMap<number, Field> =>
  new Map([...fieldsOf(message)].map((field) => [field.number, field]))

/** Returns the text of a field; empty for a missing one. */
export const textOf = (field: Field | undefined): string =>
  new TextDecoder().decode(field?.bytes ?? none)

/** Returns the signed value of a number field; a `bigint` if it is beyond what a number holds precisely. */
export const int64Of = ({ value, bytes }: Field): number | bigint => {
  if (Number.isSafeInteger(value)) return value
  let exact = 0n
  for (const [index, byte] of bytes.entries()) exact |= BigInt(byte & 127) << BigInt(7 * index)
  const signed = BigInt.asIntN(64, exact)
  return signed >= -maxSafe && signed <= maxSafe ? Number(signed) : signed
}

/** Returns the value of an unsigned field of eight bytes, precise up to 2^53; 0 if it has another size. */
export const fixed64Of = ({ bytes }: Field): number => {
  if (bytes.length !== 8) return 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  return view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true)
}

/** Returns the value of a floating-point field of eight bytes; 0 if it has another size. */
export const doubleOf = ({ bytes }: Field): number =>
  bytes.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true) : 0

/** Returns a protobuf message. */
export const messageOf = (values: FieldValues): Uint8Array =>
  Buffer.concat(
    Object.entries(values).flatMap(([number, value]) => {
      if (typeof value === 'number')
        return value === 0 ? [] : [varintOf(Number(number) * 8), varintOf(value)]
      const bytes = typeof value === 'string' ? Buffer.from(value) : value
      return bytes.length === 0
        ? []
        : [varintOf(Number(number) * 8 + 2), varintOf(bytes.length), bytes]
    }),
  )

// ---

const none = new Uint8Array()

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER)

const cutOff = 'a protobuf message is cut off'

/** Of the tenth byte. */
const largestFactor = 128 ** 9

/** Bytes after the number, of the wire types with a fixed size. Groups, which have none, are not in use. */
const sizes: Readonly<Record<number, number>> = { 0: 0, 1: 8, 5: 4 }

const varintOf = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Uint8Array.from([...bytes, rest])
}
