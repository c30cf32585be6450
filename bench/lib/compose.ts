import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)

/** Runs `docker compose` and returns its output; throws with its output if it fails. */
export const compose = async (args: readonly string[]): Promise<string> =>
  (await runFile('docker', ['compose', ...args])).stdout

/** Returns the version of the plugin; `undefined` if it is not installed. */
export const composeVersion = async (): Promise<string | undefined> => {
  try {
    return (await compose(['version', '--short'])).trim()
  } catch {
    return undefined
  }
}
