import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** What is kept of a lane's database: text by name, and `rows`. */
export class Kept {
  readonly folder: string

  constructor(lanes: string, database: string) {
    this.folder = join(lanes, encodeURIComponent(database))
  }

  has(name: string): boolean {
    return existsSync(join(this.folder, name))
  }

  /** Returns a file as text; `''` if it is missing. */
  text(name: string): string {
    return this.has(name) ? readFileSync(join(this.folder, name), 'utf8') : ''
  }

  bytes(name: string): Buffer {
    return readFileSync(join(this.folder, name))
  }

  /** Writes another file instead of the former one, which lanes may share. */
  write(name: string, content: string | Buffer): void {
    mkdirSync(this.folder, { recursive: true })
    const part = join(this.folder, `${name}.new`)
    writeFileSync(part, content)
    renameSync(part, join(this.folder, name))
  }

  /** Takes over files of another database that is the same. */
  link(other: Kept, names: readonly string[]): void {
    mkdirSync(this.folder, { recursive: true })
    for (const name of names) {
      rmSync(join(this.folder, name), { force: true })
      linkSync(join(other.folder, name), join(this.folder, name))
    }
  }

  remove(name = ''): void {
    rmSync(join(this.folder, name), { recursive: true, force: true })
  }
}

/** Returns how many lanes have a database. */
export const lanesIn = (folder: string): number =>
  existsSync(folder) ? readdirSync(folder).length : 0
