import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MesocosmError } from 'mesocosm'
import type { LaunchConfiguration } from 'mesocosm/operate'
import { withConfigurations } from './launch-json-text.ts'

/** What {@link writeLaunchJson} has done. */
export interface WrittenLaunchJson {
  /** The file, absolute. */
  readonly file: string
  /** Whether its content has changed. */
  readonly written: boolean
  /** Names of the configurations, in their order. */
  readonly names: readonly string[]
}

/**
 * Puts configurations into `.vscode/launch.json`: each replaces the one of the same name, and all other entries,
 * comments and formatting stay. Creates folder and file if they are missing; a file that would not change is not written.
 *
 * @param folder folder that is opened in VS Code, absolute.
 * @throws {MesocosmError} `EDITOR_FILE_INVALID` if the file is not JSON with comments, or of another shape. It stays.
 */
export const writeLaunchJson = (
  folder: string,
  configurations: readonly LaunchConfiguration[],
): WrittenLaunchJson => {
  const file = join(folder, '.vscode', 'launch.json')
  const names = configurations.map(({ name }) => name)
  const before = contentOf(file)
  const after = withConfigurations(before ?? '', configurations)
  if (typeof after !== 'string') throw invalid(file, after.fault)
  if (after === before) return { file, written: false, names }
  mkdirSync(dirname(file), { recursive: true })
  replace(before === undefined ? file : realpathSync(file), after)
  return { file, written: true, names }
}

// ---

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** VS Code may read the file at any moment, so it must never be half-written. */
const replace = (file: string, text: string): void => {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, text, mode === undefined ? {} : { mode })
  renameSync(draft, file)
}

const invalid = (file: string, fault: string): MesocosmError =>
  new MesocosmError({
    code: 'EDITOR_FILE_INVALID',
    message: `${file} ${fault}`,
    remedy: 'correct the file, or move it away',
    facts: { file },
  })
