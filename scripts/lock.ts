import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MesocosmError } from '../src/errors/mesocosm-error.ts'
import type { Log } from './log.ts'

/**
 * Runs `use` while no other process of this user holds the lock of that name.
 * A lock whose owner has died is taken over.
 *
 * @throws {MesocosmError} `TIMEOUT` after ten minutes.
 */
export const withLock = async <T>(name: string, log: Log, use: () => Promise<T>): Promise<T> => {
  const path = join(privateFolder(), `${name}.lock`)
  const deadline = Date.now() + 600_000
  let logged = false
  while (!acquire(path)) {
    const owner = ownerOf(path)
    if (owner !== undefined && !alive(owner)) {
      takeOver(path, owner)
      continue
    }
    if (Date.now() > deadline)
      throw new MesocosmError({
        code: 'TIMEOUT',
        message: `process ${owner} has held the lock ${path} for ten minutes`,
        remedy: 'end that process, or remove the file if the process is another program by now',
      })
    if (!logged) log(`waiting for process ${owner}, which holds the lock "${name}"`)
    logged = true
    await delay(100)
  }
  try {
    return await use()
  } finally {
    rmSync(path, { force: true })
  }
}

/** Returns `<temporary folder>/mesocosm-<uid>`, which only this user can read. */
export const privateFolder = (): string => {
  const uid = process.getuid?.()
  const path = join(tmpdir(), `mesocosm-${uid ?? userInfo().username}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const found = lstatSync(path)
  if (found.isDirectory() && (uid === undefined || found.uid === uid)) return path
  throw new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `${path} belongs to another user`,
    remedy: 'remove it, or set TMPDIR to a folder of your own',
  })
}

// ---

const acquire = (path: string): boolean => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const ownerOf = (path: string): number | undefined => {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return pid > 0 ? pid : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Several processes may see the same dead owner: only one may remove the file, or it could be a new owner's. */
const takeOver = (path: string, dead: number): void => {
  const token = `${path}.${dead}`
  if (!acquire(token)) {
    const taker = ownerOf(token)
    if (taker !== undefined && !alive(taker)) rmSync(token, { force: true })
    return
  }
  if (ownerOf(path) === dead) rmSync(path, { force: true })
  rmSync(token, { force: true })
}
