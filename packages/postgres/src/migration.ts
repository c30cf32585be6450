import type { SecretPart, TaskContainerSpec, TaskSpec, Template } from 'mesocosm'

/**
 * A program that migrates the template database, in a container of its own: `{ build: './api', command: ['npx', 'knex',
 * 'migrate:latest'] }`. It gets the connection as `DATABASE_URL`, and as `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD` and
 * `PGDATABASE`. The server is at `127.0.0.1` in it.
 *
 * It runs once per content: image, command, environment, files and everything else that the template is made of. A failure
 * is a `TASK_FAILED` with its last lines.
 */
export interface PostgresMigration {
  /** Image with the migrator. Exactly one of `image` and `build`. */
  readonly image?: string
  /** Folder with a Dockerfile, relative to the topology, or how to build it. Exactly one of `image` and `build`. */
  readonly build?: string | NonNullable<TaskContainerSpec['build']>
  /** Program and arguments; they replace the image's CMD. */
  readonly command: readonly string[]
  /** More environment variables. Default none. */
  readonly env?: Readonly<Record<string, Template>>
  /** Files and folders that are copied in, such as the migrations. Default none. */
  readonly files?: NonNullable<TaskContainerSpec['files']>
  /** Working folder, absolute; default the image's. */
  readonly workdir?: string
  /** Milliseconds that it may take. Default 60 000. */
  readonly timeoutMs?: number
  /**
   * How it runs where the server is a process of this machine: its working folder, relative to the topology, and its
   * command, default `command`. Default the folder of `build`, if no `files` are copied in.
   */
  readonly local?: { readonly cwd: string; readonly command?: readonly string[] }
}

/** How a migrator connects. */
export interface MigrationConnection {
  readonly user: string
  readonly password: string
  /** Returns a value as it is shown: as it is, or hidden. */
  readonly shown: (text: string) => string | SecretPart
  readonly database: string
}

/** Returns the task that runs a migrator. */
export const migrationTask = (
  { image, build, command, env = {}, files, workdir, timeoutMs }: PostgresMigration,
  connection: MigrationConnection,
): TaskSpec => ({
  argv: command,
  container: {
    ...(image === undefined ? {} : { image }),
    ...(build === undefined
      ? {}
      : { build: typeof build === 'string' ? { context: build } : build }),
    ...(files === undefined ? {} : { files }),
    ...(workdir === undefined ? {} : { workdir }),
  },
  env: { ...connectionEnv(connection), ...env },
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
})

// ---

const connectionEnv = ({ user, password, shown, database }: MigrationConnection) => ({
  DATABASE_URL: [
    `postgres://${encodeURIComponent(user)}:`,
    shown(encodeURIComponent(password)),
    `@127.0.0.1:5432/${encodeURIComponent(database)}`,
  ],
  PGHOST: '127.0.0.1',
  PGPORT: '5432',
  PGUSER: user,
  PGPASSWORD: shown(password),
  PGDATABASE: database,
})
