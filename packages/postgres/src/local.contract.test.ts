import { join } from 'node:path'
import { log, ref } from 'mesocosm'
import { pluginContract } from 'mesocosm/testing'
import { test } from 'vitest'
import { postgres } from './index.ts'
import { findServerPackage, serverPackageName } from './local/server-package.ts'

const installed = findServerPackage() !== undefined

const seed = `const { Client } = require('pg')
const client = new Client(process.env.URL)
client.connect()
  .then(() => client.query("insert into marks values ('seeded')"))
  .then(() => client.end())
  .then(() => console.log('INSERT'))
setInterval(() => {}, 60_000)`

for (const share of installed ? (['run', 'lane'] as const) : [])
  pluginContract({
    name: share === 'run' ? 'postgres as a process, shared' : 'postgres as a process',
    runtime: 'local',
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
        image: 'node:24-trixie-slim',
        env: { URL: ref('it.url') },
        ready: log('INSERT'),
        // `pg` is found from the package's folder.
        local: { command: [process.execPath, '-e', seed], cwd: import.meta.dirname },
      },
    },
    waits: { query: (db, options) => db.query('select 1', [], options) },
  })

test.skipIf(installed)(
  'postgres as a process is not tested: its package is not installed',
  (context) => context.skip(`${serverPackageName()} is not installed`),
)
