import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { ComposeFile, ComposeImport, ComposeNote } from '@mesocosm/codegen/compose'
import { MesocosmError } from 'mesocosm'
import { defineCommand, type Io, UsageError } from '../command.ts'
import { exactly } from '../parse.ts'

export const command = defineCommand({
  summary: 'Create a topology.ts and a first test, from a Compose file if there is one',
  usage: '[options]',
  description: [
    'Reads compose.yaml, compose.yml or docker-compose.yml in this folder, with its override file.',
    'Without any of them, writes a small topology to start from.',
    'A first test for Vitest is written next to it, unless there is one.',
    'The files are yours to edit afterwards. Comments in the topology list the Compose keys that were left out.',
  ],
  optionHelp: {
    '--from <file>': 'Compose file to read; can be repeated, later files override earlier ones',
    '--topology <file>': 'file to write (default: topology.ts)',
    '--name <name>':
      'name of the topology (default: the name in the Compose file, otherwise the folder)',
    '--print': 'print the topology without writing it',
    '--force': 'replace an existing file',
    '--json': 'print { file, test, written, services, packages, install, notes } as JSON',
  },
  options: {
    from: { type: 'string', multiple: true },
    name: { type: 'string' },
    print: { type: 'boolean' },
    force: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { from = [], print = false, force = false, json = false } = values
    if (print && (force || json))
      throw new UsageError('--print cannot be combined with --force or --json')
    if (values.name === '') throw new UsageError('--name must not be empty')
    if (values.topology !== undefined && !/\.m?ts$/.test(values.topology))
      throw new UsageError('--topology must name a file that ends in .ts or .mts')
    const compose = await import('@mesocosm/codegen/compose')
    const file = resolve(io.cwd, values.topology ?? 'topology.ts')
    const folder = dirname(file)
    const paths =
      from.length > 0
        ? from.map((path) => resolve(io.cwd, path))
        : compose.composeFilesIn(readdirSync(io.cwd)).map((path) => join(io.cwd, path))
    const first = paths[0]
    const name = values.name ?? basename(first === undefined ? folder : dirname(first))
    const made: ComposeImport =
      first === undefined
        ? { ...starter, text: compose.starterTopology(name) }
        : compose.importCompose(
            paths.map((path) => readCompose(path, folder)),
            {
              name,
              fixedName: values.name !== undefined,
              readFile: (path) => readIfThere(resolve(folder, path)),
              exists: (path) => existsSync(resolve(folder, path)),
              dotEnv: existsSync(join(folder, '.env')),
            },
          )
    if (print) {
      io.stdout.write(made.text)
      return 0
    }
    await compose.writeTopology(file, made.text, { force })
    const test = file.replace(/\.(m?ts)$/, '.test.$1')
    const isNew = !existsSync(test)
    const text = compose.firstTest(`./${basename(file)}`, { starter: first === undefined })
    if (isNew) await compose.writeTopology(test, text)
    const shown = relative(io.cwd, file) || file
    const install = missing(['@mesocosm/cli', ...made.packages, ...forTests], folder)
    if (json) {
      const { services, packages, notes } = made
      const result = { file, test, written: true, services, packages, install, notes }
      io.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
    } else
      report(io, shown, {
        ...made,
        from: paths.map((path) => relative(io.cwd, path)),
        test: isNew ? relative(io.cwd, test) : undefined,
        pulls: first === undefined ? compose.starterImage : undefined,
        install,
      })
    return 0
  },
})

// ---

const starter = { notes: [], packages: ['mesocosm'], services: ['web'] }

const readCompose = (path: string, folder: string): ComposeFile => {
  const text = readIfThere(path)
  if (text !== undefined) return { path: relative(folder, path), text }
  throw new MesocosmError({
    code: 'COMPOSE_INVALID',
    message: `${path} does not exist`,
    remedy: 'check the path after --from; it is relative to the working folder',
    facts: { file: path },
  })
}

const readIfThere = (path: string): string | undefined => {
  if (!existsSync(path)) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw new MesocosmError({
      code: 'COMPOSE_INVALID',
      message: `${path} cannot be read (${code})`,
      remedy: 'check that the path is a file that you may read',
      facts: { file: path },
      cause,
    })
  }
}

/** What the first test needs. */
const forTests = ['@mesocosm/vitest', 'vitest']

/** Returns the packages that a file in this folder cannot import. */
const missing = (packages: readonly string[], folder: string): string[] =>
  packages.filter((name) => !isInstalled(name, folder))

const isInstalled = (name: string, folder: string): boolean =>
  existsSync(join(folder, 'node_modules', name, 'package.json')) ||
  (folder !== dirname(folder) && isInstalled(name, dirname(folder)))

interface Report extends Pick<ComposeImport, 'services' | 'notes'> {
  /** Compose files that it was made from. */
  readonly from: readonly string[]
  /** The test file, if it was written. */
  readonly test: string | undefined
  /** Image that the first start pulls unless it exists. */
  readonly pulls: string | undefined
  /** Packages that are not installed. */
  readonly install: readonly string[]
}

const report = (io: Pick<Io, 'cwd' | 'stdout'>, file: string, made: Report) => {
  const { services, notes, from, test, pulls, install } = made
  const commands = [
    ...(install.length === 0 ? [] : [`npm install --save-dev ${install.join(' ')}`]),
    'npx vitest run',
    'npx mesocosm up',
  ]
  const source = from.length === 0 ? '' : ` from ${from.join(' and ')}`
  io.stdout.write(
    [
      `${file} written${source}: ${services.length} ${services.length === 1 ? 'service' : 'services'}`,
      ...notes.map(describe),
      ...asModules(dirname(resolve(io.cwd, file)), io.cwd),
      ...(test === undefined ? [] : [`${test} written: a first test`]),
      ...(pulls === undefined ? [] : [`the first start needs image ${pulls}`]),
      ...commands.map((command, index) => `${index === 0 ? 'next: ' : '      '}${command}`),
      '',
    ].join('\n'),
  )
}

/** Node loads the topology as an ES module only if its package.json says so. */
const asModules = (folder: string, cwd: string): string[] => {
  const manifest = nearestManifest(folder)
  if (manifest === undefined) return ['first: npm init -y && npm pkg set type=module']
  if (/"type"\s*:\s*"module"/.test(readFileSync(manifest, 'utf8'))) return []
  return [
    `first: set "type": "module" in ${relative(cwd, manifest)}, or move the topology to a folder with its own package.json that has it`,
  ]
}

const nearestManifest = (folder: string): string | undefined => {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) return manifest
  return folder === dirname(folder) ? undefined : nearestManifest(dirname(folder))
}

const describe = ({ service, key, text }: ComposeNote): string =>
  `  ${[service, key].filter((part) => part !== undefined).join(' ')}${service === undefined ? '' : ': '}${text}`
