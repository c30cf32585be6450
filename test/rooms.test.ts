import { globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type Import, importsOf, sourcesIn } from './lib/imports.ts'

const root = join(import.meta.dirname, '..')
const src = join(root, 'src')
const servers = join(root, 'servers')

type Arrows = Readonly<Record<string, { readonly [Kind in Import['kind']]?: readonly string[] }>>

/** Which rooms a room may import; `value` includes types. Only what is listed is allowed. */
const rooms: Arrows = {
  model: {},
  errors: {},
  graph: { value: ['model'] },
  disk: { value: ['errors'] },
  lock: { value: ['model', 'errors', 'disk'] },
  // What a test asked for, on its way from the handle to the record.
  call: { value: ['model', 'errors'] },
  define: { value: ['model', 'errors'], types: ['debug'] },
  // What debuggers need of a program, and what they say: plain data, for all who start, carry or offer one.
  debug: { value: ['model', 'errors'] },
  schema: { value: ['model', 'errors', 'graph'] },
  // Uses the types of the port and calls nothing of it.
  plan: { value: ['model', 'errors', 'graph'], types: ['runtime'] },
  // Connections over one stream, for both ends.
  relay: {},
  // The encoding that BuildKit and OTLP speak.
  protobuf: {},
  runtime: { value: ['model', 'errors', 'call', 'relay'] },
  docker: { value: ['model', 'errors', 'call', 'relay', 'protobuf', 'runtime'] },
  // The port over processes of this machine.
  local: { value: ['model', 'errors', 'call', 'disk', 'relay', 'protocol', 'runtime'] },
  // The only room that names an implementation of the port.
  open: { value: ['errors', 'runtime'], lazy: ['docker', 'local'] },
  // How test files are ordered and distributed, from the times of earlier runs.
  balance: { value: ['errors', 'trace'] },
  trace: { value: ['model', 'errors', 'call', 'disk'] },
  // What people open after a run: its data in one page.
  report: { value: ['model', 'errors', 'graph', 'disk', 'trace'] },
  // What services send about themselves, on its way to the record.
  otlp: { value: ['errors', 'call', 'protobuf', 'plan', 'trace'] },
  protocol: { value: ['model', 'errors', 'call', 'disk'] },
  engine: {
    value: [
      'model',
      'errors',
      'call',
      'debug',
      'graph',
      'lock',
      'schema',
      'plan',
      'relay',
      'runtime',
      'trace',
    ],
  },
  // The Control API of lanes: HTTP for tests of any language.
  control: {
    value: ['model', 'errors', 'call', 'debug', 'graph', 'define', 'schema', 'trace', 'engine'],
  },
  supervisor: {
    value: [
      'model',
      'errors',
      'call',
      'disk',
      'schema',
      'plan',
      'runtime',
      'open',
      'trace',
      'protocol',
      'engine',
      'control',
      'otlp',
    ],
    // Loaded when someone asks for the report of a run that goes on.
    lazy: ['report'],
  },
  client: {
    value: ['model', 'errors', 'call', 'debug', 'disk', 'define', 'trace', 'protocol'],
    // Container objects of testcontainers can be read only in the process that created them.
    lazy: ['docker', 'plan'],
  },
  plugin: { value: ['model', 'errors', 'call', 'define'] },
  runner: { value: ['model', 'errors', 'call', 'disk', 'define', 'trace', 'client'] },
  operate: {
    value: [
      'model',
      'errors',
      'balance',
      'call',
      'debug',
      'graph',
      'disk',
      'lock',
      'plan',
      'runtime',
      'open',
      'trace',
      'report',
      'protocol',
      'client',
    ],
    types: ['define'],
    // Only commands that start or remove things load what does it.
    lazy: ['engine', 'schema', 'supervisor'],
  },
  testing: {
    // Does what the user of a plugin does: declares, plans, leases.
    value: [
      'model',
      'errors',
      'call',
      'graph',
      'define',
      'plan',
      'runtime',
      'open',
      'client',
      'operate',
      'trace',
    ],
  },
}

/** External packages, and the rooms that may use them. */
const foreign: Readonly<Record<string, Arrows[string]>> = {
  // Of the protocol only the validators, which the supervisor alone imports.
  zod: { value: ['schema', 'protocol', 'control'], types: ['define'] },
  'docker-modem': { lazy: ['docker'] },
  testcontainers: { lazy: ['docker'] },
  'tar-stream': { value: ['docker'] },
  '@balena/dockerignore': { value: ['docker'] },
  // The contracts of runtimes and plugins are test suites.
  vitest: { value: ['runtime', 'testing'] },
}

test('rooms import only the rooms that the table allows', () => {
  expect(Object.keys(rooms).sort()).toEqual(roomsIn(src))
  const wrong = sourcesIn(src).flatMap((path) => {
    const room = roomOf(path)
    if (room === undefined) return []
    return importsOf(path)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .flatMap(({ specifier, kind }) => {
        const target = roomOf(resolve(dirname(path), specifier)) ?? 'a door'
        return target === room || allows(rooms[room], target, kind)
          ? []
          : [`${relative(root, path)} imports ${target} (${kind})`]
      })
  })
  expect(wrong).toEqual([])
})

test('model, errors and graph import nothing from Node, so that browsers can load them', () => {
  const wrong = sourcesIn(src)
    .filter((path) => ['model', 'errors', 'graph'].includes(roomOf(path) ?? ''))
    .flatMap((path) =>
      importsOf(path)
        .filter(({ specifier }) => !specifier.startsWith('.'))
        .map(({ specifier }) => `${relative(root, path)} imports ${specifier}`),
    )
  expect(wrong).toEqual([])
})

test('external packages are used only in the rooms that the table allows', () => {
  const wrong = sourcesIn(src).flatMap((path) =>
    importsOf(path)
      .filter(({ specifier }) => isForeign(specifier))
      .filter(({ specifier, kind }) => {
        const room = roomOf(path)
        return room === undefined || !allows(foreign[packageOf(specifier)], room, kind)
      })
      .map(({ specifier, kind }) => `${relative(root, path)} imports ${specifier} (${kind})`),
  )
  expect(wrong).toEqual([])
})

test('packages of the workspace import only their dependencies and the doors of mesocosm', () => {
  const wrong = readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join(root, 'packages', name)
    return sourcesIn(join(folder, 'src')).flatMap((path) => {
      // A server that runs in a container is bundled, so its dependencies are devDependencies.
      const bundled = path.startsWith(join(folder, 'src/server/'))
      // The page of a report is built into mesocosm, with what it reads the run by.
      const builtIn = name === 'report' ? [join(src, 'report'), join(src, 'trace')] : []
      const allowed = dependenciesOf(
        folder,
        bundled || builtIn.length > 0 ? ['devDependencies'] : [],
      )
      return importsOf(path)
        .filter(({ specifier }) =>
          specifier.startsWith('.')
            ? isOutside(folder, resolve(dirname(path), specifier)) &&
              !(bundled && !isOutside(servers, resolve(dirname(path), specifier))) &&
              builtIn.every((room) => isOutside(room, resolve(dirname(path), specifier)))
            : isForeign(specifier) && !allowed.includes(packageOf(specifier)),
        )
        .map(({ specifier }) => `${relative(root, path)} imports ${specifier}`)
    })
  })
  expect(wrong).toEqual([])
})

test('what servers share imports only Node and its own files', () => {
  const wrong = sourcesIn(servers).flatMap((path) =>
    importsOf(path)
      .filter(({ specifier }) =>
        specifier.startsWith('.')
          ? isOutside(servers, resolve(dirname(path), specifier))
          : isForeign(specifier),
      )
      .map(({ specifier }) => `${relative(root, path)} imports ${specifier}`),
  )
  expect(wrong).toEqual([])
})

// ---

const isOutside = (folder: string, path: string): boolean => relative(folder, path).startsWith('..')

const roomsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

/** Returns the room of a file; `undefined` for the doors, which are in no room. */
const roomOf = (path: string): string | undefined => {
  const [room, ...rest] = relative(src, path).split(/[\\/]/)
  return rest.length === 0 ? undefined : room
}

/** A room that may be imported may also be imported lazily or for its types. */
const allows = (
  { value = [], types = [], lazy = [] }: Arrows[string] = {},
  target: string,
  kind: Import['kind'],
): boolean =>
  [...value, ...(kind === 'value' ? [] : kind === 'lazy' ? lazy : [...types, ...lazy])].includes(
    target,
  )

const isForeign = (specifier: string): boolean => !/^(\.|node:|bun:)/.test(specifier)

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const dependenciesOf = (folder: string, more: readonly string[]): string[] => {
  const text = readFileSync(join(folder, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as Readonly<Record<string, object | undefined>>
  return ['dependencies', 'peerDependencies', ...more].flatMap((key) =>
    Object.keys(manifest[key] ?? {}),
  )
}

/** Files that may create errors with these codes; every other wait gets them from `src/call`. */
const endsOfWaits = [
  'src/call/deadline.ts',
  // Errors of programs carry the output so far, and their exit code decides about the class.
  'src/runtime/errors.ts',
]

test('TIMEOUT and ABORTED are created in call alone', () => {
  const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/contract/**'],
  })
  const creating = sources.filter((path) =>
    /code: '(TIMEOUT|ABORTED)'(,| \})/.test(readFileSync(join(root, path), 'utf8')),
  )
  expect(creating.sort()).toEqual(endsOfWaits)
})

/** Names of a run directory's contents, and the files that may use them: all others go through `run-access.ts`. */
const readersOfRuns: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /\brunsFolder\b/,
    [
      'src/operate/diagnose/runs-folder.ts',
      'src/operate/run-dir-states.ts',
      'src/protocol/run-access.ts',
      'src/protocol/run-dir.ts',
    ],
  ],
  [
    /\brunDir\.(socket|token|owner)\b/,
    [
      // Connects after the checks.
      'src/client/session/connect.ts',
      'src/protocol/run-access.ts',
      // The supervisor has created the directory.
      'src/supervisor/election.ts',
      'src/supervisor/listen-at.ts',
      'src/supervisor/main.ts',
    ],
  ],
]

test.each(readersOfRuns)('run directories are read through their checks: %s', (name, readers) => {
  const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts'],
  })
  const using = sources.filter((path) => name.test(readFileSync(join(root, path), 'utf8')))
  expect(using.sort()).toEqual(readers)
})
