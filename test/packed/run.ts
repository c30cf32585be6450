import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a program and returns its stdout; throws if it fails. */
export const run = async (
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> => {
  // The variables of an outer npm would be settings of the npm that is started here.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)),
  )
  const { stdout } = await promisify(execFile)(program, [...args], {
    cwd: options.cwd,
    env: { ...env, ...options.env },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}
