import { MesocosmError } from '../src/errors/mesocosm-error.ts'
import { canInstall } from './engine/apt.ts'
import type { Endpoint } from './engine/endpoint.ts'
import { ensureEngine } from './engine.ts'
import { makeBase } from './images/base.ts'
import { buildStandIn } from './images/build.ts'
import { contentHash } from './images/content-hash.ts'
import { presentImages, removeUnused } from './images/present.ts'
import { pull } from './images/pull.ts'
import { type ImageRow, images } from './images/table.ts'
import { withLock } from './lock.ts'
import { type Log, progressLog } from './log.ts'
import { exitWith } from './run.ts'

export interface ImagesOptions {
  readonly log?: Log
  /** Default: the running engine. */
  readonly endpoint?: Endpoint
}

/**
 * Pulls the images that the engine lacks; without a registry, builds stand-ins for them from Debian's packages.
 * A stand-in whose recipe has changed is built again; a real image is never replaced.
 *
 * @param names names from the table; default all.
 * @throws {MesocosmError} `IMAGE_NOT_FOUND` for a name not in the table, `IMAGE_PULL_FAILED`, `BUILD_FAILED`.
 */
export const ensureImages = async (
  names: readonly string[] = images.map((row) => row.name),
  options: ImagesOptions = {},
): Promise<void> => {
  const log = options.log ?? progressLog('images')
  const endpoint = options.endpoint ?? (await ensureEngine({ log: () => {} })).endpoint
  const rows = names.map(rowOf)
  if ((await outdated(endpoint, rows)).length === 0) return log(`up to date: ${names.join(', ')}`)
  await withLock('images', log, async () => {
    const missing = await outdated(endpoint, rows)
    const standIns = await pullAll(endpoint, missing, log)
    if (standIns.length > 0) await buildAll(endpoint, standIns, log)
  })
}

// ---

/** Returns images that are missing, and stand-ins whose recipe has changed. */
const outdated = async (endpoint: Endpoint, rows: readonly ImageRow[]): Promise<ImageRow[]> => {
  const present = await presentImages(endpoint)
  return rows.filter((row) => {
    const image = present.get(row.name)
    if (image === undefined) return true
    return image.contentHash !== undefined && image.contentHash !== contentHash(row, images)
  })
}

/** Pulls what can be pulled and returns the rest. The first pull finds out whether a registry answers. */
const pullAll = async (
  endpoint: Endpoint,
  rows: readonly ImageRow[],
  log: Log,
): Promise<ImageRow[]> => {
  const own = rows.filter((row) => row.own)
  const [first, ...others] = rows.filter((row) => !row.own)
  if (first === undefined) return own
  const why = await pull(endpoint, first.name, 8_000)
  if (why !== undefined) {
    log(`no registry: ${why}`)
    return [...rows]
  }
  log(`pulled ${first.name}`)
  const rest = await Promise.all(
    others.map(async (row) => {
      const reason = await pull(endpoint, row.name, 60_000)
      log(reason === undefined ? `pulled ${row.name}` : `${row.name}: ${reason}`)
      return reason === undefined ? [] : [row]
    }),
  )
  return [...own, ...rest.flat()]
}

/** Builds stand-ins in parallel, their base first. */
const buildAll = async (endpoint: Endpoint, rows: readonly ImageRow[], log: Log): Promise<void> => {
  const standIns = rows.filter((row) => !row.own)
  if (standIns.length > 0 && !canInstall())
    throw new MesocosmError({
      code: 'IMAGE_PULL_FAILED',
      message: `these images are missing and cannot be pulled: ${standIns.map((row) => row.name).join(', ')}`,
      remedy:
        'connect the engine to a registry, `docker load` them, or run this as root on Debian or Ubuntu',
    })
  const before = await presentImages(endpoint)
  const base = rowOf(images[0]?.name ?? '')
  const make = async (row: ImageRow): Promise<void> => {
    const begin = performance.now()
    log(`building a stand-in for ${row.name}`)
    const hash = contentHash(row, images)
    if (row.from === undefined) await makeBase(endpoint, row.name, hash, log)
    else await buildStandIn(endpoint, row, hash)
    const former = before.get(row.name)
    if (former !== undefined) await removeUnused(endpoint, former.id)
    log(`built ${row.name} in ${((performance.now() - begin) / 1_000).toFixed(1)} s`)
  }
  if ((await outdated(endpoint, [base])).length > 0) await make(base)
  const making = new Map<ImageRow, Promise<void>>()
  const made = (row: ImageRow): Promise<void> => {
    const known = making.get(row)
    if (known !== undefined) return known
    const from = rows.find((other) => other.name === row.from && other !== base)
    const work = from === undefined ? make(row) : made(from).then(() => make(row))
    making.set(row, work)
    return work
  }
  const settled = await Promise.allSettled(rows.filter((row) => row !== base).map(made))
  for (const result of settled) if (result.status === 'rejected') throw result.reason
}

const rowOf = (name: string): ImageRow => {
  const row = images.find((candidate) => candidate.name === name)
  if (row !== undefined) return row
  throw new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `image "${name}" is not in the table`,
    remedy: `use one of: ${images.map((candidate) => candidate.name).join(', ')}`,
  })
}

if (import.meta.main)
  await exitWith(async () => {
    const names = process.argv.slice(2)
    const { endpoint } = await ensureEngine()
    await ensureImages(names.length === 0 ? undefined : names, { endpoint })
    return 0
  })
