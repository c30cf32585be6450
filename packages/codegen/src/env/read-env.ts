import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { EnvKey } from '../model/env-key.ts'
import type { GenerateWarning } from '../model/findings.ts'
import type { SourceFile } from '../model/source-file.ts'
import { readDockerfile } from './dockerfile.ts'
import { readExample } from './example-file.ts'
import { merge } from './merge.ts'
import { joined, nothing, type Reading } from './reading.ts'
import { mayReadScript } from './script/prefilter.ts'
import { readText } from './text/read-text.ts'
import { type CodeKind, isExampleFile, isScript, walk } from './walk.ts'

/** The files that mention environment variables of a service. All paths are absolute. */
export interface EnvSources {
  readonly service: string
  /** Folder that file names are relative to: the topology's. */
  readonly root: string
  /** Folders whose code runs in the service; a missing folder is a warning. */
  readonly folders: readonly string[]
  /** Folders of installed packages whose code runs in the service; what is unclear in them is not reported. */
  readonly packages?: readonly string[]
  /** Dockerfile whose `ENV` is read; ignored if it does not exist. */
  readonly dockerfile?: string
  /** Stage that is built; default the last one. */
  readonly target?: string
}

/** Result of {@link readEnv}. */
export interface EnvFindings {
  /** Sorted by name, by code unit. */
  readonly env: readonly EnvKey[]
  readonly warnings: readonly GenerateWarning[]
}

/** Returns the environment variables that the sources of one service mention. Never returns values. */
export const readEnv = async (sources: EnvSources): Promise<EnvFindings> => {
  const readings: Reading[] = []
  for (const folder of sources.folders)
    readings.push(named(await readFolder(folder), sources.root, folder))
  for (const folder of sources.packages ?? []) {
    const { uses } = await readFolder(folder, 'published')
    readings.push(named({ ...nothing, uses }, sources.root, folder))
  }
  readings.push(dockerfileOf(sources))
  const { uses, troubles } = joined(readings)
  const { env, troubles: conflicts } = merge(uses)
  const known = new Set(env.map(({ name }) => name))
  return {
    env,
    warnings: once(
      [...troubles, ...conflicts].map(({ suggestions = [], ...trouble }) => {
        const unknown = suggestions.filter((name) => !known.has(name))
        return {
          service: sources.service,
          ...trouble,
          ...(unknown.length > 0 ? { suggestions: unknown } : {}),
        }
      }),
    ),
  }
}

const readFolder = async (folder: string, kind: CodeKind = 'own'): Promise<Reading> => {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    return { ...nothing, troubles: [{ file: '.', message: 'does not exist or is not a folder' }] }
  const readings: Reading[] = []
  const scripts: SourceFile[] = []
  const denied = (path: string) =>
    readings.push({
      ...nothing,
      troubles: [{ file: path || '.', message: 'cannot be read: permission denied' }],
    })
  for (const file of walk(folder, denied, kind)) {
    if (isExampleFile(file.path)) readings.push(readExample(file))
    else if (!isScript(file.path)) readings.push(readText(file))
    else if (mayReadScript(file.text)) scripts.push(file)
  }
  if (scripts.length > 0) readings.push(await readScripts(folder, scripts))
  return joined(readings)
}

/** Loads the parser lazily: it takes a third of a second. */
const readScripts = async (folder: string, files: readonly SourceFile[]): Promise<Reading> => {
  const { createScriptReader } = await import('./script/read-script.ts')
  const read = createScriptReader(folder)
  return joined(files.map(({ path, text }) => read(path, text)))
}

const dockerfileOf = ({ root, dockerfile, target }: EnvSources): Reading => {
  if (dockerfile === undefined || !existsSync(dockerfile)) return nothing
  const text = readFileSync(dockerfile, 'utf8')
  const folder = dirname(dockerfile)
  return named(readDockerfile({ path: relative(folder, dockerfile), text }, target), root, folder)
}

/** Makes file names relative to the topology's folder. */
const named = ({ uses, troubles }: Reading, root: string, folder: string): Reading => {
  const fromRoot = (file: string) => relative(root, join(folder, file)).split(sep).join('/')
  return {
    uses: uses.map((use) => ({ ...use, file: fromRoot(use.file) })),
    troubles: troubles.map((trouble) => ({
      ...trouble,
      file: fromRoot(trouble.file) || '.',
    })),
  }
}

/** Drops duplicates, from overlapping folders and shared imports, and sorts, so that the order of reading does not matter. */
const once = (warnings: readonly GenerateWarning[]): readonly GenerateWarning[] =>
  [...new Map(warnings.map((warning) => [`${warning.file}\n${warning.message}`, warning]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, warning]) => warning)
