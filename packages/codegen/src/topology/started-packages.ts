import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { objectOf, parseJson, textOf } from '../commands/json-value.ts'

/** How a service is started. */
export interface StartOptions {
  /** Absolute source folders of the service. */
  readonly folders: readonly string[]
  /** Program and arguments from the topology: `entrypoint`, `command`, the `cli`. */
  readonly argv: readonly string[]
  /** Absolute path of the Dockerfile, for its ENTRYPOINT and CMD. */
  readonly dockerfile?: string | undefined
}

/**
 * Returns the folders of the installed packages that are the application of a service: the one whose program the start
 * command names, as with `npx directus start`, and those it depends on under the same name, `@directus/api`.
 * Sorted; empty for a service that runs its own code.
 */
export const startedPackages = ({ folders, argv, dockerfile }: StartOptions): readonly string[] => {
  const found = new Set<string>()
  for (const folder of folders) {
    const scripts = scriptsOf(folder)
    const lines = [argv.join(' '), startLines(dockerfile)]
    for (const word of wordsOf(lines.join('\n'), scripts)) {
      const started = packageOf(folder, word)
      if (started !== undefined) addFamily(started, found)
    }
  }
  return [...found].sort()
}

// ---

/** Programs that run an application, or build one; their packages are not the application. */
const runners = new Set(
  `node npm npx pnpm yarn bun bunx corepack tsx ts-node nodemon pm2 pm2-runtime dotenv cross-env
  env-cmd concurrently npm-run-all run-s run-p wait-on tsc swc esbuild rollup webpack vite next nuxt nest
  nx turbo lerna prisma drizzle-kit knex typeorm sequelize vitest jest mocha eslint prettier husky rimraf`.split(
    /\s+/,
  ),
)

/** ENTRYPOINT and CMD of all stages; which one is built does not matter for the names in them. */
const startLines = (dockerfile: string | undefined): string =>
  dockerfile === undefined || !existsSync(dockerfile)
    ? ''
    : readFileSync(dockerfile, 'utf8')
        .split('\n')
        .filter((line) => /^\s*(ENTRYPOINT|CMD)\b/i.test(line))
        .join('\n')

/** The words of a start command; for `npm start` and `npm run x`, those of the script. */
const wordsOf = (text: string, scripts: Readonly<Record<string, unknown>>): ReadonlySet<string> => {
  const words = new Set<string>()
  const add = (line: string, depth: number) => {
    for (const word of line.split(/[\s"'[\],;&|()=]+/)) {
      if (word === '') continue
      words.add(word)
      const script = own(scripts, word)
      if (script !== undefined && depth < 5) add(script, depth + 1)
    }
  }
  add(text, 0)
  return words
}

const own = (scripts: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  Object.hasOwn(scripts, name) ? textOf(scripts[name]) : undefined

const scriptsOf = (folder: string): Readonly<Record<string, unknown>> =>
  objectOf(manifestIn(folder)?.scripts)

/** The package that a word of the start command names: by path, or by the name of its program. */
const packageOf = (folder: string, word: string): string | undefined => {
  const path = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/.][^/]*)/.exec(word)?.[1]
  if (path !== undefined) return installed(folder, path)
  const program = word.replace(/^.*node_modules\/\.bin\//, '')
  if (program.includes('/') || runners.has(program)) return undefined
  const bin = join(folder, 'node_modules', '.bin', program)
  return existsSync(bin) ? rootOf(realpathSync(bin)) : undefined
}

/** Adds a package and those among its dependencies that share its name or its scope, and theirs. */
const addFamily = (folder: string, found: Set<string>): void => {
  if (found.has(folder)) return
  found.add(folder)
  const { name, dependencies } = manifestIn(folder) ?? {}
  const scope = textOf(name).startsWith('@') ? textOf(name).split('/')[0] : `@${textOf(name)}`
  for (const dependency of Object.keys(objectOf(dependencies))) {
    if (!dependency.startsWith(`${scope}/`)) continue
    const at = installed(folder, dependency)
    if (at !== undefined) addFamily(at, found)
  }
}

/** Finds an installed package as Node does: in `node_modules` of the folder and of those above it. */
const installed = (from: string, name: string): string | undefined => {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder)
    if (at === dirname(at)) return undefined
  }
}

/** The innermost folder above a file that has a manifest with a name. */
const rootOf = (file: string): string | undefined => {
  for (let at = dirname(file); at !== dirname(at); at = dirname(at))
    if (manifestIn(at)?.name !== undefined) return at.includes('node_modules') ? at : undefined
  return undefined
}

const manifestIn = (folder: string): Readonly<Record<string, unknown>> | undefined => {
  if (!existsSync(folder) || !readdirSync(folder).includes('package.json')) return undefined
  return objectOf(parseJson(readFileSync(join(folder, 'package.json'), 'utf8')))
}
