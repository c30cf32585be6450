import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { replaceFile } from '../artefact/replace-file.ts'
import { unwritable } from '../artefact/unwritable.ts'
import { parseJson } from '../commands/json-value.ts'
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
  const record = parseJson(text)
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
export const writeProbeFile = async (
  file: string,
  record: ProbeRecord,
): Promise<'written' | 'unchanged'> => {
  const text = `${JSON.stringify(sorted({ ...record }), undefined, 2)}\n`
  if (textOf(file)?.replaceAll('\r\n', '\n') === text) return 'unchanged'
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
    throw unwritable(file, error)
  })
  await replaceFile(file, text)
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
