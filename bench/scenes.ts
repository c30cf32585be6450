import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One service in plain words, so that every contender starts the very same program. */
export interface Program {
  readonly image: string
  readonly command?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  /** Services that must be ready before it starts. */
  readonly needs: readonly string[]
  /** What says that it is ready. */
  readonly ready: 'http' | 'tcp' | 'postgres'
}

export type Scene = 'five' | 'one'

const nodeImage = 'node:24-trixie-slim'

export const database = { user: 'test', password: 'test', name: 'test' } as const

/** All services of a scene, those that others need first. */
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

/** Inside the service, to find out whether the database takes sessions. */
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
    // Given as text: nothing has to be built, copied or mounted by anybody.
    command: ['node', '-e', source],
    env: { MODE: 'declared', ...(needs.length === 0 ? {} : { NEEDS: addresses }) },
    port,
    needs,
    ready,
  }
}
