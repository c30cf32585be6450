import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One service, described independently of contenders, so that all of them start the same program. */
export interface Program {
  readonly image: string
  readonly command?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  /** Services that must be ready before it starts. */
  readonly needs: readonly string[]
  /** How its readiness is probed. */
  readonly ready: 'http' | 'tcp' | 'postgres'
}

/** Name of a set of services. */
export type Scene = 'five' | 'one'

const nodeImage = 'node:24-trixie-slim'

/** Credentials of the database. */
export const database = { user: 'test', password: 'test', name: 'test' } as const

/** The services of each scene, dependencies first. */
export const scenes: Readonly<Record<Scene, Readonly<Record<string, Program>>>> = {
  five: {
    db: {
      image: 'postgres:17-trixie',
      env: {
        POSTGRES_USER: database.user,
        POSTGRES_PASSWORD: database.password,
        POSTGRES_DB: database.name,
      },
      port: 5432,
      needs: [],
      ready: 'postgres',
    },
    store: program('store', 6379, { ready: 'tcp' }),
    mail: program('mail', 8025),
    api: program('app', 3000, { needs: ['db', 'store'] }),
    worker: program('app', 3000, { needs: ['db', 'store'] }),
  },
  one: { api: program('app', 3000) },
}

/** Command that exits with 0 inside the service when the database accepts connections. */
export const databaseReady = ['pg_isready', '-h', '127.0.0.1', '-U', database.user]

// ---

function program(
  file: string,
  port: number,
  { needs = [], ready = 'http' }: Partial<Pick<Program, 'needs' | 'ready'>> = {},
): Program {
  const source = readFileSync(join(import.meta.dirname, `services/${file}.cjs`), 'utf8')
  const addresses = needs.map((name) => `${name}:${name === 'db' ? 5432 : 6379}`).join(',')
  return {
    image: nodeImage,
    // The source is an argument, so no contender has to build, copy or mount anything.
    command: ['node', '-e', source],
    env: { MODE: 'declared', ...(needs.length === 0 ? {} : { NEEDS: addresses }) },
    port,
    needs,
    ready,
  }
}
