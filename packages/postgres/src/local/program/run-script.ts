import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type pg from 'pg'
import { copyIn } from './copy.ts'
import { openSession, rowsOf } from './session.ts'
import { SqlScanner } from './sql-scanner.ts'

/** What a script runs with. */
export interface ScriptOptions {
  /** Variables, as `psql -v` sets them. */
  readonly variables?: Readonly<Record<string, string>>
  /** Path of the script, for errors and for the files that it includes. */
  readonly path?: string
}

/**
 * Runs a psql script, statement by statement; each commits on its own. Of psql's meta-commands it has those that dumps
 * and the plugin's own scripts use: `\connect`, `\set`, `\i`, `\ir`, `\echo`, `\g`, `\gexec`, `\gset`, `\restrict`.
 *
 * @returns the lines of the last statement's result, with its columns joined by `|`, as `psql -At` prints them.
 * @throws Error of the first statement that fails, with the number of its line.
 */
export const runScript = async (
  session: pg.ClientBase,
  text: string,
  { variables = {}, path }: ScriptOptions = {},
): Promise<readonly string[]> => {
  const known = new Map(Object.entries(variables))
  const scanner = new SqlScanner(text, known)
  await using connected = new Connected(session)
  let lines: readonly string[] = []
  for (let piece = scanner.next(); piece !== undefined; piece = scanner.next())
    try {
      if ('meta' in piece) await command(connected, piece.meta, piece.argument, known, path)
      else if (isCopyIn.test(piece.sql))
        await copyIn(connected.session, piece.sql, Buffer.from(scanner.copyData()))
      else lines = await statement(connected.session, piece.sql, piece.end, known)
    } catch (error) {
      throw atLine(error, piece.line, path)
    }
  return lines
}

// ---

const isCopyIn = /^copy\b[\s\S]*\bfrom\s+stdin\b/i

/** The connection of a script, which `\connect` replaces. */
class Connected {
  session: pg.ClientBase
  #own: AsyncDisposable | undefined

  constructor(session: pg.ClientBase) {
    this.session = session
  }

  async to(database: string): Promise<void> {
    const opened = await openSession(database)
    await this[Symbol.asyncDispose]()
    this.session = opened
    this.#own = opened
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.[Symbol.asyncDispose]()
  }
}

const statement = async (
  session: pg.ClientBase,
  sql: string,
  end: string,
  variables: Map<string, string>,
): Promise<readonly string[]> => {
  if (end === 'gset') {
    const { rows } = await session.query<Record<string, unknown>>(sql)
    if (rows.length !== 1) throw new Error(`\\gset needs one row, but there are ${rows.length}`)
    for (const [name, value] of Object.entries(rows[0] ?? {})) variables.set(name, String(value))
    return []
  }
  const rows = await rowsOf(session, sql)
  if (end !== 'gexec') return end === 'g' ? [] : rows.map((row) => row.map(String).join('|'))
  for (const value of rows.flat()) if (value !== null) await session.query(value)
  return []
}

const command = async (
  connected: Connected,
  meta: string,
  argument: string,
  variables: Map<string, string>,
  path: string | undefined,
): Promise<void> => {
  const [first = '', ...rest] = argument.split(/\s+/).map(unquoted)
  switch (meta) {
    case 'c':
    case 'connect':
      return await connected.to(first)
    case 'set':
      return void variables.set(first, rest.join(''))
    case 'unset':
      return void variables.delete(first)
    case 'i':
    case 'include':
    case 'ir':
    case 'include_relative': {
      const base = meta.startsWith('ir') || meta.endsWith('relative') ? folderOf(path) : '.'
      const file = resolve(base, first)
      await runScript(connected.session, readFileSync(file, 'utf8'), {
        variables: Object.fromEntries(variables),
        path: file,
      })
      return
    }
    case 'echo':
      return void process.stdout.write(`${[first, ...rest].join(' ')}\n`)
    // They protect psql from dumps of servers that it does not trust, by refusing commands that this does not have.
    case 'restrict':
    case 'unrestrict':
    case '.':
      return
    default:
      throw new Error(
        `\\${meta} is a command of psql, which the process form of the server does not have`,
      )
  }
}

const folderOf = (path: string | undefined): string => (path === undefined ? '.' : dirname(path))

const unquoted = (word: string): string => word.replace(/^(['"])([\s\S]*)\1$/, '$2')

const atLine = (error: unknown, line: number, path: string | undefined): unknown => {
  if (!(error instanceof Error)) return error
  const where = path === undefined ? `line ${line}` : `${path}:${line}`
  const { detail, hint } = error as { detail?: string; hint?: string }
  const more = [detail, hint].filter((text) => text !== undefined)
  return new Error([`${where}: ${error.message}`, ...more].join('\n'), { cause: error })
}
