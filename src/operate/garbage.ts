import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runsFolder } from '../protocol/run-dir.ts'
import type { Inventory } from '../runtime/runtime.ts'
import { openRuntime } from './open-runtime.ts'

/** What runs that died have left behind. */
export interface Garbage {
  readonly engine: Inventory
  /** Folders in which supervisors and clients met. */
  readonly folders: readonly string[]
}

/** A folder without an owner belongs to a start under way, unless it has been so for this long. */
const abandonedAfterMs = 60_000

/**
 * Finds leftovers of runs of this host whose supervisor is dead, on the engine and in the runs' folder.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`, `ENGINE_GONE`
 */
export const findGarbage = async (): Promise<Garbage> => {
  const [opened, { findLeftovers }] = await Promise.all([openRuntime(), openSweep()])
  await using runtime = opened
  return { engine: await findLeftovers(runtime), folders: await deadFolders() }
}

/** Removes what {@link findGarbage} found. */
export const removeGarbage = async ({ engine, folders }: Garbage): Promise<void> => {
  const [opened, { removeLeftovers }] = await Promise.all([openRuntime(), openSweep()])
  await using runtime = opened
  await removeLeftovers(runtime, engine)
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

/** Folders of runs whose supervisor is dead. */
export const deadFolders = async (runs: string = runsFolder()): Promise<string[]> => {
  const { liveness, readIdentity } = await import('../supervisor/owner-identity.ts')
  return list(runs).filter((folder) => {
    // A dead owner's files stay beside those of the one that has followed it.
    const owners = list(folder)
      .filter((path) => basename(path).startsWith('owner'))
      .flatMap((path) => readIdentity(textOf(path) ?? '') ?? [])
    if (owners.length > 0) return owners.every((owner) => liveness(owner) === 'dead')
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? {}
    return mtimeMs !== undefined && Date.now() - mtimeMs > abandonedAfterMs
  })
}

// ---

const openSweep = () => import('../supervisor/sweep.ts')

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
