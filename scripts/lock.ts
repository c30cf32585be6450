import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MesocosmError } from '../src/errors/mesocosm-error.ts'
import type { Log } from './log.ts'

/**
 * Runs `use` while no other process of this user is in a lock of that name.
 * A lock whose holder has died is taken over.
 *
 * @throws {MesocosmError} `TIMEOUT` after ten minutes.
 */
export const withLock = async <T>(name: string, log: Log, use: () => Promise<T>): Promise<T> => {
  const path = join(privateFolder(), `${name}.lock`)
  const deadline = Date.now() + 600_000
  let told = false
  while (!acquire(path)) {
    const holder = holderOf(path)
    if (holder !== undefined && !alive(holder)) {
      takeOver(path, holder)
      continue
    }
    if (Date.now() > deadline)
      throw new MesocosmError({
        code: 'TIMEOUT',
        message: `process ${holder} has held the lock ${path} for ten minutes`,
        remedy: 'end that process, or remove the file if it is another program by now',
      })
    if (!told) log(`waiting for process ${holder}, which does the same`)
    told = true
    await delay(100)
  }
  try {
    return await use()
  } finally {
    rmSync(path, { force: true })
  }
}

/** `<temporary folder>/mesocosm-<uid>`, ours alone. */
export const privateFolder = (): string => {
  const uid = process.getuid?.()
  const path = join(tmpdir(), `mesocosm-${uid ?? userInfo().username}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const found = lstatSync(path)
  if (found.isDirectory() && (uid === undefined || found.uid === uid)) return path
  throw new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `${path} belongs to somebody else`,
    remedy: 'remove it, or set TMPDIR to a folder of your own',
  })
}

const acquire = (path: string): boolean => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const holderOf = (path: string): number | undefined => {
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

/** Of many who saw the same dead holder only one may remove its file, or a new holder's would go. */
const takeOver = (path: string, dead: number): void => {
  const token = `${path}.${dead}`
  if (!acquire(token)) {
    const taker = holderOf(token)
    if (taker !== undefined && !alive(taker)) rmSync(token, { force: true })
    return
  }
  if (holderOf(path) === dead) rmSync(path, { force: true })
  rmSync(token, { force: true })
}
