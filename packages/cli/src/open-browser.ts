import { spawn } from 'node:child_process'
import type { Io } from './command.ts'

/** Opens an address in the browser of a person: on a terminal, outside of CI. Does nothing elsewhere. */
export const openBrowser = (address: string, { stdout, env, agent }: Io): void => {
  if (stdout.isTTY !== true || agent || env.CI || env.BROWSER === 'none') return
  const [program, ...args] = commandOf(process.platform, env)
  const child = spawn(program, [...args, address], { detached: true, stdio: 'ignore' })
  // The address is printed, which is enough on a machine without a browser.
  child.on('error', () => undefined)
  child.unref()
}

// ---

const commandOf = (
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): readonly [string, ...string[]] => {
  if (env.BROWSER) return [env.BROWSER]
  if (platform === 'darwin') return ['open']
  // `start` takes its first argument for a title if it is quoted.
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
}
