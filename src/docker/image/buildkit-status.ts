import { byNumber, fieldsOf, textOf } from '../../protobuf/message.ts'
import type { ProgressJson } from '../api/api-types.ts'

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

/** Progress of a part of a step, such as a layer that is pulled: again with each change, and without one. */
export interface BuildPart {
  /** Digest of the step. */
  readonly step: string
  /** `sha256:…` of a layer, after `extracting ` while it is unpacked; `resolve …` of a name. */
  readonly name: string
  /** Bytes so far. */
  readonly current: number
  readonly completed: boolean
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
  readonly parts: readonly BuildPart[]
  readonly output: readonly BuildOutput[]
}

/** Returns the progress in a line of the engine's answer. */
export const statusIn = ({ id, aux }: ProgressJson): BuildStatus | undefined =>
  id === 'moby.buildkit.trace' && typeof aux === 'string'
    ? decodeBuildStatus(Buffer.from(aux, 'base64'))
    : undefined

/**
 * Decodes `moby.buildkit.v1.StatusResponse`, a protobuf message; other fields are skipped.
 *
 * @throws {Error} for what is not such a message.
 * @see https://github.com/moby/buildkit/blob/master/api/services/control/control.proto
 */
export const decodeBuildStatus = (message: Uint8Array): BuildStatus => {
  const steps: BuildStep[] = []
  const parts: BuildPart[] = []
  const output: BuildOutput[] = []
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 1) steps.push(stepOf(bytes))
    if (number === 2) parts.push(partOf(bytes))
    if (number === 3) output.push(outputOf(bytes))
  }
  return { steps, parts, output }
}

// ---

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

const partOf = (status: Uint8Array): BuildPart => {
  const fields = byNumber(status)
  return {
    step: textOf(fields.get(2)),
    name: textOf(fields.get(1)),
    current: fields.get(4)?.value ?? 0,
    completed: fields.has(8),
  }
}

const outputOf = (log: Uint8Array): BuildOutput => {
  const fields = byNumber(log)
  return { step: textOf(fields.get(1)), text: fields.get(4)?.bytes ?? none }
}

const none = new Uint8Array()
