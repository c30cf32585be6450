import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../client/project-root.ts'
import type { AnyTopology } from '../define/topology.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'

/** A topology file and the folder that its runs belong to. */
export interface Project {
  /** Folder of the nearest `package.json`: runs and their records belong to it. */
  readonly root: string
  readonly file: string | undefined
  readonly topology: AnyTopology | undefined
  /** Why there is no topology; `topologyOf` throws it. */
  readonly fault: MesocosmError | undefined
}

export interface FindProjectOptions {
  /** Default the working folder. */
  readonly cwd?: string
  /** The topology file; default `topology.ts`, then `mesocosm.config.ts`, in the working folder or above it. */
  readonly file?: string
}

const defaultNames = ['topology.ts', 'mesocosm.config.ts']

/**
 * Finds and loads the topology. One that cannot be loaded is kept as `fault`: ending a run needs none.
 *
 * @throws {MesocosmError} `TOPOLOGY_NOT_FOUND` when the named file is not there.
 */
export const findProject = async (options: FindProjectOptions = {}): Promise<Project> => {
  const cwd = options.cwd ?? process.cwd()
  const file = options.file === undefined ? search(cwd) : resolve(cwd, options.file)
  if (file === undefined)
    return { root: projectRoot(cwd), file, topology: undefined, fault: noFile(cwd) }
  if (!existsSync(file)) throw notThere(file)
  try {
    const topology = await loadTopology(file)
    return { root: projectRoot(topology.root), file, topology, fault: undefined }
  } catch (error) {
    const fault = isMesocosmError(error) ? error : unloadable(file, error)
    return { root: projectRoot(dirname(file)), file, topology: undefined, fault }
  }
}

/** @throws {MesocosmError} `TOPOLOGY_NOT_FOUND`, `TOPOLOGY_INVALID` */
export const topologyOf = (project: Project): AnyTopology => {
  if (project.topology !== undefined) return project.topology
  throw project.fault
}

/**
 * The topology that a file exports: as `topology`, as default, else the only one.
 *
 * @throws {MesocosmError} `TOPOLOGY_NOT_FOUND` for none, `TOPOLOGY_INVALID` for several; what the file throws.
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
    message: `there is no ${defaultNames.join(' or ')} in ${cwd} or above it`,
    remedy:
      'write one (`export const topology = defineTopology({ … })`), or name it with --topology',
    facts: { cwd },
  })

const notThere = (file: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_NOT_FOUND',
    message: `there is no file ${file}`,
    remedy: 'check the path; it is taken from the working folder',
    facts: { file },
  })

const noTopology = (file: string, names: readonly string[]) =>
  new MesocosmError({
    code: 'TOPOLOGY_NOT_FOUND',
    message: `${file} exports no topology, but ${names.length === 0 ? 'nothing' : names.join(', ')}`,
    remedy: '`export const topology = defineTopology({ … })`',
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
    message: `${file} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
    ...whatToDo(cause),
    facts: { file },
    cause,
  })

/** Of what Node has against the file, or of what its own code threw. */
const whatToDo = (cause: unknown): { remedy: string; details?: readonly string[] } => {
  const { code = '' } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {}
  const isSyntax = cause instanceof SyntaxError
  if (isSyntax && /import statement outside|Unexpected token 'export'/.test(cause.message))
    return { remedy: 'say "type": "module" in the package.json of its folder, or above it' }
  if (isSyntax || /^ERR_(MODULE|UNSUPPORTED|INVALID_TYPESCRIPT|UNKNOWN_FILE)/.test(code))
    return {
      remedy:
        'Node runs the file as it is: imports of own files need their ending (`./x.ts`), and TypeScript that is more than types (enum, namespace) does not work',
    }
  const place = /^ +(at (?!.*\bnode:).+)$/m.exec(
    cause instanceof Error ? (cause.stack ?? '') : '',
  )?.[1]
  return {
    remedy: 'correct what was thrown while the file was loaded; --verbose shows where',
    ...(place === undefined ? {} : { details: [place] }),
  }
}
