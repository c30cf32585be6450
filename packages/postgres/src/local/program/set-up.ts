import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { fingerprint } from './lane-hooks.ts'
import { runScript } from './run-script.ts'
import { filesBelow, keepSealed, sealedMark } from './sealed.ts'
import { firstValue, openSession, rowsOf, type Session } from './session.ts'
import { literal, quotedName } from './sql-scanner.ts'

/** Connects as soon as the server answers: it may listen before. */
export const answering = async (): Promise<Session> => {
  const until = Date.now() + 30_000
  for (;;)
    try {
      return await openSession()
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (!['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(code) || Date.now() > until) throw error
      await new Promise((done) => setTimeout(done, 20))
    }
}

/** Creates the template database and runs the init files in it; a no-op after a restart of the server. */
export const init = async (template: string, folder: string): Promise<void> => {
  await using root = await answering()
  if (await isSealed(root, template)) return
  const exists = `select 1 from pg_database where datname = ${literal(template)}`
  if ((await rowsOf(root, exists)).length === 0)
    await root.query(`create database ${quotedName(template)}`)
  for (const path of filesBelow(folder)) await runFile(path, relative(folder, path), template)
}

/**
 * Makes the template database one that lanes are cloned from, without connections.
 *
 * @param keepAs where the data is kept for later servers; default not.
 */
export const seal = async (template: string, data: string, keepAs?: string): Promise<void> => {
  await using root = await openSession()
  if (await isSealed(root, template)) return
  const { schema, isUnlogged } = await look(template)
  await root.query(
    `alter database ${quotedName(template)} is_template true allow_connections false`,
  )
  await root.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${literal(template)}`,
  )
  // In one step, and not through a link that the server's user may have made.
  writeFileSync(`${data}.${sealedMark}`, schema)
  renameSync(`${data}.${sealedMark}`, join(data, sealedMark))
  // A server that starts from such a copy empties unlogged tables.
  if (keepAs !== undefined && !isUnlogged) await keepSealed(root, data, keepAs)
}

/** Runs a migrator on this machine, with the connection in its environment. */
export const migrate = async (
  template: string,
  { cwd, own, command }: { cwd: string; own: readonly string[]; command: readonly string[] },
): Promise<void> => {
  await using root = await answering()
  if (await isSealed(root, template)) return
  const declared = Object.fromEntries(own.map((name) => [name, process.env[name]]))
  const env = { ...withoutOther(process.env), ...connectionEnv(template), ...declared }
  runProgram(command, { env, cwd: resolve(cwd) })
}

// ---

const look = async (template: string) => {
  await using session = await openSession(template)
  const sql = "select count(*) from pg_class where relpersistence = 'u'"
  const isUnlogged = (await firstValue(session, sql)) !== '0'
  return { schema: await fingerprint(session), isUnlogged }
}

const isSealed = async (root: Session, template: string): Promise<boolean> => {
  const sql = `select 1 from pg_database where datname = ${literal(template)} and datistemplate`
  return (await rowsOf(root, sql)).length > 0
}

const unpack: Readonly<Record<string, (path: string) => Buffer>> = {
  '.sql': (path) => readFileSync(path),
  '.sql.gz': (path) => gunzipSync(readFileSync(path)),
  '.sql.zst': (path) => zstdDecompressSync(readFileSync(path)),
  '.sql.xz': (path) => {
    const { stdout, error } = spawnSync('xz', ['-dc', path], { maxBuffer: 2 ** 30 })
    if (error !== undefined) throw new Error(`xz is needed for ${path}: ${error.message}`)
    return stdout
  },
}

/** As the official image runs them; those of folders may be something else, such as a README. */
const runFile = async (path: string, name: string, template: string): Promise<void> => {
  if (name.endsWith('.sh')) return runShell(path, template)
  const ending = Object.keys(unpack).find((one) => name.endsWith(one))
  if (ending !== undefined) {
    await using session = await openSession(template)
    const text = (unpack[ending] as (path: string) => Buffer)(path).toString('utf8')
    try {
      await runScript(session, text, { path })
    } catch (error) {
      throw new Error(`${(error as Error).message.replace(path, name)}`, { cause: error })
    }
  } else if (/[\\/]/.test(name)) process.stdout.write(`ignored ${name}\n`)
  else throw new Error(`${name}: neither .sql, .sql.gz, .sql.xz, .sql.zst nor .sh`)
}

/** Executed if it is executable, else sourced, as the official image does. */
const runShell = (path: string, template: string): void => {
  const env = { ...withoutOther(process.env), ...connectionEnv(template), POSTGRES_DB: template }
  runProgram(isExecutable(path) ? [path] : ['bash', '-c', `set -e; ${processSql}; . "$0"`, path], {
    env,
    cwd: process.cwd(),
  })
}

/** Scripts that are sourced call it; it needs psql, which this machine may have. */
const processSql = 'docker_process_sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }'

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const runProgram = (
  [name = '', ...args]: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): void => {
  const { status, signal, error } = spawnSync(name, args, {
    ...options,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (error !== undefined) throw new Error(`${name} could not be started: ${error.message}`)
  if (status !== 0) throw new Error(`${name} ended with ${signal ?? `exit code ${status}`}`)
}

/** Without the variables by which programs find another server: PGSERVICE and PGHOSTADDR would count more than PGHOST. */
const withoutOther = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^PG[A-Z]/.test(name)))

const connectionEnv = (database: string): NodeJS.ProcessEnv => {
  const { POSTGRES_PORT: port = '', POSTGRES_USER: user = '', POSTGRES_PASSWORD = '' } = process.env
  const [name, password] = [user, POSTGRES_PASSWORD].map(encodeURIComponent)
  return {
    DATABASE_URL: `postgres://${name}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    PGHOST: '127.0.0.1',
    PGPORT: port,
    PGUSER: user,
    PGPASSWORD: POSTGRES_PASSWORD,
    PGDATABASE: database,
  }
}
