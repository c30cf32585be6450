import { lchownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Gives a folder and everything in it to a user; links themselves, not what they lead to: the server's user may have made them. */
export const chownAll = (folder: string, uid: number, gid: number): void => {
  lchownSync(folder, uid, gid)
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true }))
    lchownSync(join(parentPath, name), uid, gid)
}
