import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { type Clause, clausesOf, declares, withoutComments } from './imports.ts'

/**
 * Returns the module specifier whose `Register` the generated file augments: the one the topology file imports
 * `defineTopology` from, so that types reach the right copy of the package. A project file that re-exports
 * `defineTopology` without the types is followed to its own import.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` if there is no such import.
 */
export const registerModule = (file: string): string => {
  for (let at = file, steps = 0; steps < 8; steps++) {
    const specifier = sourceOf(at)
    if (specifier === undefined) throw at === file ? notImported(file) : notPassedOn(file, at)
    if (!specifier.startsWith('.')) return specifier
    const next = resolveOwn(at, specifier)
    if (next === undefined || passesOnTypes(next))
      return at === file ? specifier : from(file, at, specifier)
    at = next
  }
  throw notImported(file)
}

// ---

const wanted = 'defineTopology'

/** The module that a file imports or re-exports `defineTopology` from. */
const sourceOf = (file: string): string | undefined => {
  const text = readFileSync(file, 'utf8')
  const clauses = clausesOf(text)
  const code = withoutComments(text)
  const uses = ({ kind, names, star }: Clause) =>
    names.has(wanted) ||
    (kind === 'import' && typeof star === 'string' && code.includes(`${star}.${wanted}`))
  return clauses.find(uses)?.specifier
}

/** Whether a file exports everything, or at least the names that the generated file needs. */
const passesOnTypes = (file: string): boolean => {
  const text = readFileSync(file, 'utf8')
  const exports = clausesOf(text).filter(({ kind }) => kind === 'export')
  return ['Register', 'ExecResult'].every(
    (name) =>
      declares(text, name) ||
      exports.some(({ star, names }) => star === true || [...names.values()].includes(name)),
  )
}

const resolveOwn = (from: string, specifier: string): string | undefined => {
  const path = resolve(dirname(from), specifier)
  const bare = path.replace(/\.([cm]?)js$/, '.$1ts')
  return [path, bare, `${path}.ts`, `${path}/index.ts`].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  )
}

/** Rewrites a relative specifier of another file to be relative to the topology file. */
const from = (file: string, at: string, specifier: string): string => {
  const path = relative(dirname(file), resolve(dirname(at), specifier))
    .split(sep)
    .join('/')
  return path.startsWith('.') ? path : `./${path}`
}

const notImported = (file: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} does not import ${wanted}, so the module to augment is unknown`,
    remedy: `add \`import { ${wanted} } from 'mesocosm'\` to the topology file, or pass --module`,
    facts: { file },
  })

const notPassedOn = (file: string, at: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} imports ${wanted} from ${at}, which exports neither the types Register and ExecResult nor a way to find them`,
    remedy: `add \`export type { ExecResult, Register } from 'mesocosm'\` to ${at}`,
    facts: { file, through: at },
  })
