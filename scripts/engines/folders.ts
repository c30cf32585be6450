import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'
import { type EngineKind, suite } from './kinds.ts'

/** Where the files of other engines are: kept between starts, also over a restart of the machine. */
const folder = '/var/tmp/mesocosm-engines'

/** The files of an engine. */
export interface EngineFolders {
  /** Images and containers. */
  readonly data: string
  /** Socket, certificates, process id, log. */
  readonly run: string
}

/** Returns the folders of an engine and creates them. Only root can write to them, and everyone can enter. */
export const engineFolders = ({ name }: Pick<EngineKind, 'name'>): EngineFolders => {
  const own = join(folder, name)
  const found = { data: join(own, 'data'), run: join(own, 'run') }
  for (const path of [folder, own, found.data, found.run]) create(path)
  return found
}

/** Returns the folder of a recipe's files, which all kinds share: the engine's `/`. It may not exist yet. */
export const rootFolder = (recipe: string): string => {
  create(folder)
  const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 12)
  return join(folder, `${suite}-${hash}`)
}

// ---

const create = (path: string): void => {
  mkdirSync(path, { recursive: true })
  const found = lstatSync(path)
  if (!found.isDirectory() || (path === folder && found.uid !== process.getuid?.()))
    throw new MesocosmError({
      code: 'ENGINE_FAILED',
      message: `${path} belongs to another user`,
      remedy: 'remove it',
    })
  // Whatever the umask is: the user of a rootless engine has to pass.
  if (path === folder) chmodSync(path, 0o755)
}
