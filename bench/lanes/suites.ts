/** Projects by name: their files. */
export const suites: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  waits: project(
    `import { postgres } from '@mesocosm/postgres'
import { defineTopology } from 'mesocosm'
export const topology = defineTopology({ name: 'bench-waits', services: { db: postgres({ init: ['./schema.sql'] }) } })
`,
    files(16, (file) =>
      suite(
        [1, 2, 3].map(
          (test) => `test('waits ${file}-${test}', async ({ db }) => {
  await db.query('insert into notes (text) values ($1)', ['${file}-${test}'])
  await db.query('select pg_sleep(0.6)')
  expect(await db.query('select text from notes')).toEqual([{ text: '${file}-${test}' }])
})`,
        ),
      ),
    ),
  ),
  backing: project(
    `import { postgres } from '@mesocosm/postgres'
import { rabbitmq } from '@mesocosm/rabbitmq'
import { redis } from '@mesocosm/redis'
import { defineTopology } from 'mesocosm'
export const topology = defineTopology({
  name: 'bench-backing',
  services: { db: postgres({ init: ['./schema.sql'] }), cache: redis(), jobs: rabbitmq({ definitions: { queues: [{ name: 'orders' }] } }) },
})
`,
    files(12, (file) =>
      suite(
        [1, 2, 3, 4].map(
          (test) => `test('orders ${file}-${test}', async ({ db, cache, jobs }) => {
  const name = '${file}-${test}'
  for (let row = 0; row < 20; row++) await db.query('insert into notes (text) values ($1)', [name])
  await cache.run(['redis-cli', 'ping'])
  await jobs.publish({ queue: 'orders' }, name)
  expect((await jobs.consumeOne('orders')).text).toBe(name)
  // What the service of a real suite would do meanwhile.
  await db.query('select pg_sleep(0.2)')
  expect(await db.query('select count(*)::int as count from notes')).toEqual([{ count: 20 }])
})`,
        ),
      ),
    ),
  ),
  skewed: project(
    `import { postgres } from '@mesocosm/postgres'
import { defineTopology } from 'mesocosm'
export const topology = defineTopology({ name: 'bench-skewed', services: { db: postgres({ init: ['./schema.sql'] }) } })
`,
    files(
      60,
      (file) => `import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
test('waits', () => pause(${skewedMs(file)}))
`,
    ),
  ),
}

// ---

function project(topology: string, tests: Record<string, string>): Record<string, string> {
  return {
    'package.json': '{ "private": true, "type": "module" }\n',
    'schema.sql': 'create table notes (id serial primary key, text text);\n',
    'topology.js': topology,
    ...tests,
  }
}

function files(count: number, source: (file: number) => string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, file) => [`${file}.test.js`, source(file)]),
  )
}

function suite(tests: readonly string[]): string {
  return `import { createTest } from '@mesocosm/vitest'
import { topology } from './topology.js'
const { test, expect } = createTest(topology)
${tests.join('\n')}
`
}

/** A few files take very long, most take little: 50 ms to 6 s. */
function skewedMs(file: number): number {
  return Math.round(50 + 6_000 * (((file * 37) % 60) / 60) ** 6)
}
