import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Names that outlive the process, in a file. */
export interface KeptNames {
  readonly names: ReadonlySet<string>
  add(name: string): void
  delete(name: string): void
}

/** Opens the names that an earlier process has kept. @param path `undefined` keeps nothing. */
export const openKeptNames = (path: string | undefined): KeptNames => {
  const names = new Set<string>(
    path !== undefined && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [],
  )
  const keep = () => {
    if (path === undefined) return
    // A kill during the write leaves the former file.
    writeFileSync(`${path}.part`, JSON.stringify([...names]))
    renameSync(`${path}.part`, path)
  }
  return {
    names,
    add(name) {
      names.add(name)
      keep()
    },
    delete(name) {
      names.delete(name)
      keep()
    },
  }
}
