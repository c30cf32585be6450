import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)

/** Runs `docker compose`; throws with what it said when it fails. */
export const compose = async (args: readonly string[]): Promise<string> =>
  (await runFile('docker', ['compose', ...args])).stdout

/** Version of the plugin; `undefined` where it is not installed. */
export const composeVersion = async (): Promise<string | undefined> => {
  try {
    return (await compose(['version', '--short'])).trim()
  } catch {
    return undefined
  }
}
