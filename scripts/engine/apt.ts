import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Log } from '../log.ts'
import { runQuietly } from '../run.ts'

/** Whether programs can be installed here: a Debian or Ubuntu, as root. */
export const canInstall = (): boolean => process.getuid?.() === 0 && onPath('apt-get')

/** Installs Debian packages; package lists are fetched only where they are missing or too old. */
export const install = async (packages: readonly string[], log: Log): Promise<void> => {
  log(`installing ${packages.join(', ')} by apt-get`)
  const args = ['install', '-y', '--no-install-recommends', ...quiet, ...packages]
  try {
    return await runQuietly('apt-get', args, env)
  } catch {
    // A fresh machine has no lists, an old one lists of packages that are gone: both look like any failure.
    log('fetching package lists')
  }
  try {
    await runQuietly('apt-get', ['update', ...quiet], env)
  } catch (error) {
    // A foreign source that is down does not matter if ours can still be installed: that call decides.
    log(`package lists are incomplete: ${(error as Error).message.split('\n')[0]}`)
  }
  await runQuietly('apt-get', args, env)
}

/** Whether a program can be called by name. `/usr/sbin` counts: not every login has it on PATH. */
export const onPath = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  )

const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300']
const env = { DEBIAN_FRONTEND: 'noninteractive' }
