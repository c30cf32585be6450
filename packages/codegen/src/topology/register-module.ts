import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { type Clause, clausesOf, declares, withoutComments } from './imports.ts'

/**
 * The specifier whose `Register` the generated file has to augment: the one that the topology file imports `defineTopology` from.
 * It must be resolvable from there: of several copies of the package, types reach only the one that was meant.
 * An own file that passes on `defineTopology` alone is followed to where it has it from.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` when the file does not say.
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

/** Where a file has `defineTopology` from. */
const sourceOf = (file: string): string | undefined => {
  const text = readFileSync(file, 'utf8')
  const clauses = clausesOf(text)
  const code = withoutComments(text)
  const uses = ({ kind, names, star }: Clause) =>
    names.has(wanted) ||
    (kind === 'import' && typeof star === 'string' && code.includes(`${star}.${wanted}`))
  return clauses.find(uses)?.specifier
}

/** `export *`, or the names that the generated file needs. */
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

/** A relative specifier of another file, as the topology file would write it. */
const from = (file: string, at: string, specifier: string): string => {
  const path = relative(dirname(file), resolve(dirname(at), specifier))
    .split(sep)
    .join('/')
  return path.startsWith('.') ? path : `./${path}`
}

const notImported = (file: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} has no import of ${wanted} from which the module to extend could be told`,
    remedy: `Write \`import { ${wanted} } from 'mesocosm'\` in the file that declares the topology, or name the module with --module.`,
    facts: { file },
  })

const notPassedOn = (file: string, at: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} has ${wanted} from ${at}, which passes on neither the types Register and ExecResult nor says where they are`,
    remedy: `Write \`export type { ExecResult, Register } from 'mesocosm'\` in ${at}.`,
    facts: { file, through: at },
  })
