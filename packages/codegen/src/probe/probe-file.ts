import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { replaceFile } from '../artefact/replace-file.ts'
import { unwritable } from '../artefact/unwritable.ts'
import { parseJson } from '../commands/json-value.ts'
import type { JsonValue } from '../commands/provider.ts'

/** The output of a probed tool; committed, so that reading it needs no engine. */
export interface ProbeRecord {
  /** Kind of the provider that ran the tool. */
  readonly kind: string
  /** Start command of the tool. */
  readonly argv: readonly string[]
  readonly answer: JsonValue
}

/** Returns the path of a service's probe file, next to the topology file. */
export const probeFileOf = (topologyFolder: string, service: string): string =>
  join(topologyFolder, 'topology.probe', `${service}.json`)

/**
 * Reads a probe file; returns `undefined` if there is none.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` if it is not a probe file.
 */
export const readProbeFile = (file: string): ProbeRecord | undefined => {
  const text = textOf(file)
  if (text === undefined) return undefined
  const record = parseJson(text)
  if (isRecord(record)) return record
  throw new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} was not written by \`mesocosm gen --probe\``,
    remedy: 'delete the file and run `mesocosm gen --probe`',
    facts: { file },
  })
}

/**
 * Writes a probe file atomically, if its content changed.
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

/** Sorts keys, so that equal answers are equal text. Arrays keep their order, which can have a meaning. */
const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
