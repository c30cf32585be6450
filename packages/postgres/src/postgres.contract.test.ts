import { join } from 'node:path'
import { log, ref } from 'mesocosm'
import { pluginContract } from 'mesocosm/testing'
import { postgres } from './index.ts'

for (const share of ['run', 'lane'] as const)
  pluginContract({
    name: share === 'run' ? 'postgres on a shared server' : 'postgres',
    module: new URL('./index.ts', import.meta.url),
    make: () =>
      postgres({
        share,
        password: 'between/us&1',
        init: [join(import.meta.dirname, '../test/marks.sql')],
      }),
    use: (db) => db.query('select 1'),
    data: {
      write: (db, mark) => db.query('insert into marks values ($1)', [mark]),
      read: async (db) =>
        (await db.query<{ mark: string }>('select mark from marks')).map(({ mark }) => mark),
    },
    seed: {
      mark: 'seeded',
      service: {
        image: 'postgres:17-trixie',
        command: ['sh', '-c', `psql "$URL" -c "insert into marks values ('seeded')"; sleep 600`],
        env: { URL: ref('it.url') },
        ready: log('INSERT'),
      },
    },
    waits: { query: (db, options) => db.query('select 1', [], options) },
  })
