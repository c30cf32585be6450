import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Log } from '../log.ts'
import { runQuietly } from '../run.ts'

/** Returns whether programs can be installed: on Debian or Ubuntu, as root. */
export const canInstall = (): boolean => process.getuid?.() === 0 && onPath('apt-get')

/** Installs Debian packages; fetches package lists only if they are missing or outdated. */
export const install = async (packages: readonly string[], log: Log): Promise<void> => {
  log(`installing ${packages.join(', ')} with apt-get`)
  const args = ['install', '-y', '--no-install-recommends', ...quiet, ...packages]
  try {
    return await runQuietly('apt-get', args, env)
  } catch {
    // Missing lists, and lists of packages that no longer exist, look like other failures.
    log('fetching package lists')
  }
  try {
    await runQuietly('apt-get', ['update', ...quiet], env)
  } catch (error) {
    // One source that is down does not matter if the packages can still be installed: that call decides.
    log(`package lists are incomplete: ${(error as Error).message.split('\n')[0]}`)
  }
  await runQuietly('apt-get', args, env)
}

/** Returns whether a program can be called by name. `/usr/sbin` counts: some logins lack it on PATH. */
export const onPath = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  )

// ---

const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300']
const env = { DEBIAN_FRONTEND: 'noninteractive' }
