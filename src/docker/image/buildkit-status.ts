/** A step of a build, as BuildKit reports it: again with each change. */
export interface BuildStep {
  readonly digest: string
  /** `[build 2/3] RUN npm ci`; `[internal] …` for work of BuildKit itself. */
  readonly name: string
  readonly cached: boolean
  readonly started: boolean
  readonly completed: boolean
  /** Empty when it did not fail. */
  readonly error: string
}

/** Output of a step: any piece of it, not whole lines. */
export interface BuildOutput {
  /** Digest of the step. */
  readonly step: string
  readonly text: Uint8Array
}

/** One message about the progress of a build. */
export interface BuildStatus {
  readonly steps: readonly BuildStep[]
  readonly output: readonly BuildOutput[]
}

/**
 * Decodes `moby.buildkit.v1.StatusResponse`, a protobuf message; other fields are skipped.
 *
 * @see https://github.com/moby/buildkit/blob/master/api/services/control/control.proto
 */
export const decodeBuildStatus = (message: Uint8Array): BuildStatus => {
  const steps: BuildStep[] = []
  const output: BuildOutput[] = []
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 1) steps.push(stepOf(bytes))
    if (number === 3) output.push(outputOf(bytes))
  }
  return { steps, output }
}

// ---

/** A field of a protobuf message; `bytes` is empty for a number. */
interface Field {
  readonly number: number
  readonly value: number
  readonly bytes: Uint8Array
}

const stepOf = (vertex: Uint8Array): BuildStep => {
  const fields = byNumber(vertex)
  return {
    digest: textOf(fields.get(1)),
    name: textOf(fields.get(3)),
    cached: fields.get(4)?.value === 1,
    started: fields.has(5),
    completed: fields.has(6),
    error: textOf(fields.get(7)),
  }
}

const outputOf = (log: Uint8Array): BuildOutput => {
  const fields = byNumber(log)
  return { step: textOf(fields.get(1)), text: fields.get(4)?.bytes ?? none }
}

const byNumber = (message: Uint8Array): ReadonlyMap<number, Field> =>
  new Map([...fieldsOf(message)].map((field) => [field.number, field]))

const textOf = (field: Field | undefined): string => new TextDecoder().decode(field?.bytes ?? none)

const none = new Uint8Array()

/** @see https://protobuf.dev/programming-guides/encoding */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]
      if (byte === undefined) throw new Error('a message of BuildKit is cut off')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const type = tag % 8
    const value = type === 0 || type === 2 ? varint() : 0
    const size = sizes[type] ?? value
    if (type !== 0) at += size
    if (at > message.length) throw new Error('a message of BuildKit is cut off')
    yield { number, value, bytes: type === 0 ? none : message.subarray(at - size, at) }
  }
}

/** Bytes of the wire types with a fixed size. */
const sizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 }
