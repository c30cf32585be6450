import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyTopology } from '../define/topology.ts'
import { projectRoot } from '../disk/project-root.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../errors/unknown-error.ts'

/** A topology file and the folder that its runs belong to. */
export interface Project {
  /** Folder of the nearest `package.json`; runs and their records belong to it. */
  readonly root: string
  /** Path of the topology file; `undefined` when none was found. */
  readonly file: string | undefined
  /** `undefined` when it could not be loaded. */
  readonly topology: AnyTopology | undefined
  /** Why it could not be loaded; `topologyOf` throws it. */
  readonly fault: MesocosmError | undefined
}

/** Options of {@link findProject}. */
export interface FindProjectOptions {
  /** Folder where the search starts; default the working folder. */
  readonly cwd?: string
  /** Topology file; default `topology.ts`, then `mesocosm.config.ts`, in `cwd` or above it. */
  readonly file?: string
}

const defaultNames = ['topology.ts', 'mesocosm.config.ts']

/**
 * Finds and loads the topology. An error of loading is kept as `fault`, because ending a run needs no topology.
 *
 * @throws {MesocosmError} `TOPOLOGY_NOT_FOUND` when the named file is missing.
 */
export const findProject = async (options: FindProjectOptions = {}): Promise<Project> => {
  const cwd = options.cwd ?? process.cwd()
  const file = options.file === undefined ? search(cwd) : resolve(cwd, options.file)
  if (file === undefined)
    return { root: projectRoot(cwd), file, topology: undefined, fault: noFile(cwd) }
  if (!existsSync(file)) throw fileMissing(file)
  try {
    const topology = await loadTopology(file)
    return { root: projectRoot(topology.root), file, topology, fault: undefined }
  } catch (error) {
    const fault = isMesocosmError(error) ? error : unloadable(file, error)
    return { root: projectRoot(dirname(file)), file, topology: undefined, fault }
  }
}

/**
 * Returns the topology of a project.
 *
 * @throws {MesocosmError} `TOPOLOGY_NOT_FOUND`, `TOPOLOGY_INVALID`
 */
export const topologyOf = (project: Project): AnyTopology => {
  if (project.topology !== undefined) return project.topology
  throw project.fault
}

/**
 * Returns the topology that a file exports: as `topology`, as default, else the only one.
 *
 * @throws {MesocosmError} `TOPOLOGY_NOT_FOUND` for none, `TOPOLOGY_INVALID` for several; any error that the file
 * throws.
 */
export const loadTopology = async (file: string): Promise<AnyTopology> => {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href)
  const found = Object.entries(module).filter((entry): entry is [string, AnyTopology] =>
    isTopology(entry[1]),
  )
  const preferred = module.topology ?? module.default
  if (isTopology(preferred)) return preferred
  const [first, ...others] = found
  if (first === undefined) throw noTopology(file, Object.keys(module))
  if (others.some(([, topology]) => topology !== first[1])) throw several(file, found)
  return first[1]
}

// ---

const search = (from: string): string | undefined => {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = defaultNames.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined || folder === dirname(folder)) return found
  }
}

/** By shape: the file may use another copy of this package. */
const isTopology = (value: unknown): value is AnyTopology =>
  typeof value === 'object' &&
  value !== null &&
  'root' in value &&
  typeof value.root === 'string' &&
  'definition' in value &&
  typeof value.definition === 'object' &&
  value.definition !== null &&
  'services' in value.definition

const noFile = (cwd: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_NOT_FOUND',
    message: `no ${defaultNames.join(' or ')} found in ${cwd} or above it`,
    remedy:
      'write one (`export const topology = defineTopology({ … })`), or name the file with --topology',
    facts: { cwd },
  })

const fileMissing = (file: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_NOT_FOUND',
    message: `file ${file} is missing`,
    remedy: 'check the path; a relative one starts at the working folder',
    facts: { file },
  })

const noTopology = (file: string, names: readonly string[]) =>
  new MesocosmError({
    code: 'TOPOLOGY_NOT_FOUND',
    message: `${file} exports no topology, only ${names.length === 0 ? 'nothing' : names.join(', ')}`,
    remedy: 'add `export const topology = defineTopology({ … })`',
    facts: { file, exports: names },
  })

const several = (file: string, found: readonly (readonly [string, AnyTopology])[]) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} exports several topologies: ${found.map(([name]) => name).join(', ')}`,
    remedy: 'name the one to use `topology`, or make it the default export',
    facts: { file, exports: found.map(([name]) => name) },
  })

const unloadable = (file: string, cause: unknown) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} could not be loaded: ${messageOf(cause)}`,
    ...whatToDo(cause),
    facts: { file },
    cause,
  })

// For a file that Node refuses, or for code of the file that threw.
const whatToDo = (cause: unknown): { remedy: string; details?: readonly string[] } => {
  const code = codeOf(cause) ?? ''
  const isSyntax = cause instanceof SyntaxError
  if (isSyntax && /import statement outside|Unexpected token 'export'/.test(cause.message))
    return { remedy: 'set "type": "module" in the package.json of its folder, or above it' }
  if (isSyntax || /^ERR_(MODULE|UNSUPPORTED|INVALID_TYPESCRIPT|UNKNOWN_FILE)/.test(code))
    return {
      remedy:
        'write what Node can run as it is: imports of your own files with their ending (`./x.ts`), and no TypeScript beyond types (enum, namespace)',
    }
  const origin = /^ +(at (?!.*\bnode:).+)$/m.exec(
    cause instanceof Error ? (cause.stack ?? '') : '',
  )?.[1]
  return {
    remedy: 'fix the error that was thrown while the file was loaded; --verbose shows where',
    ...(origin === undefined ? {} : { details: [origin] }),
  }
}
