import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/**
 * Returns the path of a program as the system finds it; `undefined` if there is none that can be run.
 *
 * @param env where it is searched for: its `PATH`.
 */
export const findProgram = (
  name: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): string | undefined => {
  if (name.includes('/')) return canRun(resolve(cwd, name)) ? resolve(cwd, name) : undefined
  return (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(resolve(cwd, folder), name))
    .find(canRun)
}

const canRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
