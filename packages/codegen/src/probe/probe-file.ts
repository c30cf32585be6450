import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { unwritable } from '../artefact/unwritable.ts'
import type { Json } from '../commands/provider.ts'

/** What a tool said when it was asked, committed so that nobody needs an engine to read it. */
export interface ProbeRecord {
  /** Provider that asked. */
  readonly kind: string
  /** How the tool was started. */
  readonly argv: readonly string[]
  readonly answer: Json
}

/** Where the answer of a service's tool is kept, beside the topology file. */
export const probeFileOf = (topologyFolder: string, service: string): string =>
  join(topologyFolder, 'topology.probe', `${service}.json`)

/**
 * @returns `undefined` when there is none.
 * @throws {MesocosmError} `TOPOLOGY_INVALID` when it is something else.
 */
export const readProbeFile = (file: string): ProbeRecord | undefined => {
  const text = textOf(file)
  if (text === undefined) return undefined
  const record = parse(text)
  if (isRecord(record)) return record
  throw new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} is not what \`mesocosm gen --probe\` writes`,
    remedy: 'delete it and run `mesocosm gen --probe`',
    facts: { file },
  })
}

/**
 * Writes it when it is another; never half.
 *
 * @throws {MesocosmError} `FILE_UNWRITABLE`, `DISK_FULL`
 */
export const writeProbeFile = (file: string, record: ProbeRecord): 'written' | 'unchanged' => {
  const text = `${JSON.stringify(sorted({ ...record }), undefined, 2)}\n`
  if (textOf(file)?.replaceAll('\r\n', '\n') === text) return 'unchanged'
  const temporary = `${file}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(temporary, text)
    renameSync(temporary, file)
  } catch (error) {
    throw unwritable(file, error)
  }
  return 'written'
}

// ---

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined
    throw error
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Told as any other content that is not ours.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isRecord = (value: unknown): value is ProbeRecord =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  'argv' in value &&
  Array.isArray(value.argv) &&
  'answer' in value

/** Keys in a fixed order, so that the same answer is the same text. Lists keep theirs: it can have a meaning. */
const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
