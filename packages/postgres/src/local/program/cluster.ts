import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { chownAll } from './chown-all.ts'
import type { Native } from './native.ts'
import type { ServerUser } from './server-user.ts'
import { noteUse, takeSpare } from './spare.ts'

/** What a data folder is made with. */
export interface ClusterSettings {
  /** Version of the server, such as `18.4.0-beta.17`. */
  readonly version: string
  readonly user: string
  readonly password: string
}

/** Returns the folder that data folders with these settings are copies of. */
export const keptCluster = (settings: ClusterSettings): string =>
  join(cacheFolder(), keyOf(settings))

/**
 * Creates the data folder, unless it exists: a copy of one that was made before with the same settings.
 *
 * @param own folder of this process.
 * @param sealed a kept one with the result of the init files.
 * @returns its path.
 */
export const createCluster = (
  native: Native,
  own: string,
  settings: ClusterSettings,
  user: ServerUser,
  sealed: string | undefined,
): string => {
  const data = join(own, 'data')
  if (existsSync(data)) return data
  const kept = keptCluster(settings)
  const part = join(own, 'data.part')
  rmSync(part, { recursive: true, force: true })
  // The result of the init files saves more than an empty one.
  const isTaken = [sealed, kept].some((from) => from !== undefined && take(from, part))
  if (!isTaken) {
    runInitdb(native, own, part, settings, user)
    keep(part, kept)
  }
  chmodSync(part, 0o700)
  if (user.uid !== undefined) chownAll(part, user.uid, user.uid)
  renameSync(part, data)
  return data
}

// ---

/** Moves a spare copy of a kept folder, or copies it; returns whether there is one. */
const take = (kept: string, to: string): boolean => {
  noteUse(kept)
  if (takeSpare(kept, to)) return true
  if (!existsSync(kept)) return false
  try {
    cpSync(kept, to, { recursive: true })
    return true
  } catch (error) {
    // Another process removes it at this moment.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    rmSync(to, { recursive: true, force: true })
    return false
  }
}

/** Changes with what {@link runInitdb} passes. */
const layout = 1

const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mesocosm', 'postgres')

const keyOf = ({ version, user, password }: ClusterSettings): string =>
  `${version}-${createHash('sha256')
    .update(JSON.stringify([layout, process.platform, process.arch, version, user, password]))
    .digest('hex')
    .slice(0, 16)}`

/** Sorts like the official image's default locale, on all machines; without checksums and with small log files it copies faster. */
const runInitdb = (
  { bin, env }: Native,
  own: string,
  data: string,
  { version, user, password }: ClusterSettings,
  { uid, path, stdio }: ServerUser,
): void => {
  mkdirSync(data, { mode: 0o700 })
  const passwordFile = join(own, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (uid !== undefined) for (const entry of [data, passwordFile]) chownSync(entry, uid, uid)
  const args = [
    ...[
      '-D',
      path(basename(data)),
      '-U',
      user,
      `--pwfile=${path('password')}`,
      '--auth=scram-sha-256',
    ],
    ...['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C', '--wal-segsize=1'],
    ...['--locale-provider=icu', '--icu-locale=en-US'],
    ...(Number.parseInt(version, 10) >= 18 ? ['--no-data-checksums'] : []),
  ]
  try {
    execFileSync(join(bin, 'initdb'), args, {
      // Its search for the machine's time zone takes longer than the rest.
      env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C', ...env },
      cwd: '/',
      stdio: stdio(['ignore', 'ignore', 'pipe']),
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer }
    const text = stderr?.toString().trim() || String(error)
    // Common in containers that run as a number.
    const more = /could not look up effective user ID/.test(text)
      ? '\nit needs an entry of this user in /etc/passwd: add one, or run the tests as a user who has one'
      : ''
    throw new Error(`initdb failed: ${text}${more}`, { cause: error })
  } finally {
    rmSync(passwordFile)
  }
}

/** Keeps a copy, for the next time; a full disk or a read-only home does not fail the start. */
const keep = (data: string, kept: string): void => {
  const part = `${kept}.${process.pid}`
  try {
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 })
    cpSync(data, part, { recursive: true })
    chmodSync(part, 0o700)
    // Another process may have been quicker.
    if (!existsSync(kept)) renameSync(part, kept)
  } catch (error) {
    process.stderr.write(`the data folder is made again each time: ${String(error)}\n`)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}
