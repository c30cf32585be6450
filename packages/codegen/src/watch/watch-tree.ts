import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/**
 * Watches folders recursively, except dependencies and build output: the system's recursive watch would take a
 * handle for each folder of `node_modules`.
 */
export const watchTrees = (
  folders: readonly string[],
  onChange: (path: string) => void,
): Disposable => {
  const watchers = new Map<string, FSWatcher>()
  const forget = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const add = (folder: string) => {
    if (watchers.has(folder)) return
    const inner = foldersIn(folder)
    if (inner === undefined) return
    const watcher = watch(folder, (event, name) => {
      if (name === null || isIgnored(name)) return
      const path = join(folder, name)
      // A folder was added or removed.
      if (event === 'rename') {
        if (foldersIn(path) === undefined) forget(path)
        else add(path)
      }
      onChange(path)
    })
    // The folder was removed while it was watched.
    watcher.on('error', () => forget(folder))
    watchers.set(folder, watcher)
    for (const name of inner) add(join(folder, name))
  }
  for (const folder of folders) add(folder)
  return {
    [Symbol.dispose]() {
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

// ---

/** Subfolders worth watching; `undefined` if the path is not a folder, or no longer one. */
const foldersIn = (folder: string): string[] | undefined => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !isIgnored(entry.name))
      .map(({ name }) => name)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined
    throw error
  }
}

/** Dependencies, build output, and the files that codegen writes. */
const isIgnored = (name: string): boolean =>
  /^(node_modules|vendor|dist|build|target|coverage|__pycache__|\.git|\.mesocosm|\.venv|\.turbo)$/.test(
    name,
  ) || /\.gen\.[cm]?ts$|\.tmp$|~$|^\.#/.test(name)
