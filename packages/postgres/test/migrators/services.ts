/* The examples of `docs/migrations.md`; `migrators.e2e.test.ts` runs those of Knex and Drizzle. */
import { ref } from 'mesocosm'
import { postgres } from '../../src/index.ts'

export const knex = {
  // #region knex
  db: postgres({
    migrate: { build: './api', command: ['npx', 'knex', 'migrate:latest'] },
  }),
  // #endregion
}

export const drizzle = {
  // #region drizzle
  db: postgres({
    migrate: { build: './api', command: ['node', 'migrate.mjs'] },
  }),
  // #endregion
}

export const prisma = {
  // #region prisma
  db: postgres({
    migrate: {
      build: './api',
      command: ['npx', 'prisma', 'migrate', 'deploy'],
      timeoutMs: 120_000,
    },
  }),
  // #endregion
}

export const django = {
  // #region django
  db: postgres({
    migrate: { build: './backend', command: ['python', 'manage.py', 'migrate', '--no-input'] },
  }),
  // #endregion
}

export const laravel = {
  // #region laravel
  db: postgres({
    migrate: {
      build: '.',
      command: ['php', 'artisan', 'migrate', '--force'],
      env: {
        DB_CONNECTION: 'pgsql',
        DB_URL: 'postgres://postgres:postgres@127.0.0.1:5432/app',
      },
    },
  }),
  // #endregion
}

export const files = {
  // #region files
  db: postgres({
    migrate: {
      image: 'ghcr.io/acme/migrator:1.4',
      command: ['migrate', 'up'],
      files: [{ from: './migrations', to: '/migrations' }],
    },
  }),
  // #endregion
}

export const init = {
  // #region init
  db: postgres({ init: ['./db/schema.sql', './db/seeds', './db/dump.sql.gz'] }),
  // #endregion
}

export const oneShot = {
  // #region one-shot
  db: postgres(),
  migrate: {
    build: './api',
    command: ['npx', 'knex', 'migrate:latest'],
    env: { DATABASE_URL: ref('db.url') },
  },
  api: {
    build: './api',
    ports: { http: 3000 },
    env: { DATABASE_URL: ref('db.url') },
    dependsOn: { migrate: 'completed' },
  },
  // #endregion
} as const
