import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Returns the folder of the nearest `package.json` at or above a folder, else the folder itself. A run belongs to it. */
export const projectRoot = (folder: string): string => {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) return current
    if (current === dirname(current)) return folder
  }
}
