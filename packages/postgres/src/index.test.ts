import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { postgres } from './index.ts'
import { shellQuote } from './server/shell-quote.ts'

const spec = (options: Parameters<typeof postgres>[0]) =>
  JSON.parse(JSON.stringify(postgres(options)))

test('a migrator runs between init and seal, with the connection in its environment', () => {
  const { setup } = spec({
    password: 'a/b',
    timeoutMs: 5,
    migrate: { build: './api', command: ['up'], env: { PGHOST: 'other' }, timeoutMs: 6 },
  }).tasks
  expect(setup).toEqual([
    { argv: ['sh', '/mesocosm/lanes.sh', 'init'], timeoutMs: 5 },
    {
      argv: ['up'],
      container: { build: { context: './api' } },
      env: {
        DATABASE_URL: ['postgres://postgres:', { secret: 'a%2Fb' }, '@127.0.0.1:5432/app'],
        PGHOST: 'other',
        PGPORT: '5432',
        PGUSER: 'postgres',
        PGPASSWORD: { secret: 'a/b' },
        PGDATABASE: 'app',
      },
      timeoutMs: 6,
    },
    { argv: ['sh', '/mesocosm/lanes.sh', 'seal'] },
  ])
})

test('init files keep their order and names in the container, also folders with a slash at their end', () => {
  const { files } = spec({ init: ['./b.sql', 'seeds/', '..\\c d.sql'] })
  expect(
    files.flatMap(({ from, to }: { from?: string; to: string }) =>
      from === undefined ? [] : [to],
    ),
  ).toEqual([
    '/mesocosm/init/0000-b.sql',
    '/mesocosm/init/0001-seeds',
    '/mesocosm/init/0002-c d.sql',
  ])
})

test('the common keys of a service can be given', () => {
  expect(spec({ readyTimeoutMs: 1, dependsOn: ['a'], database: 'x' })).toMatchObject({
    readyTimeoutMs: 1,
    dependsOn: ['a'],
  })
})

test('any user and database is one word of the script', () => {
  const odd = `it's "$HOME" \`id\` \\ \n;`
  expect(execFileSync('sh', ['-c', `printf %s ${shellQuote(odd)}`], { encoding: 'utf8' })).toBe(odd)
})
