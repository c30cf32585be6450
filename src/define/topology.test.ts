import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { definePlugin } from '../plugin/define-plugin.ts'
import { ref } from './env-value.ts'
import { pluginOf } from './plugin-node.ts'
import { defineTopology } from './topology.ts'

const mail = definePlugin({ name: 'mail', service: () => ({ image: 'mail', ports: { smtp: 25 } }) })
const shop = defineTopology({
  name: 'shop',
  services: {
    db: { image: 'postgres', ports: { sql: 5432 } },
    mail: mail(),
    api: { image: 'api', env: { DB: ref('db.sql.url'), SIGNUP: 'closed' } },
  },
})

test('the root of a topology is the folder of the file that declares it', () => {
  expect(shop.root).toBe(import.meta.dirname)
})

test('an explicit root wins over the folder of the file', () => {
  const { root } = defineTopology({ name: 'x', services: {}, root: '/elsewhere' })
  expect(root).toBe('/elsewhere')
})

test('the root of a topology is found without a loader, in a folder whose name has a space', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'a topology ')))
  try {
    const file = join(folder, 'topology.ts')
    const source = pathToFileURL(join(import.meta.dirname, 'topology.ts')).href
    await writeFile(
      file,
      `import { defineTopology } from ${JSON.stringify(source)}
       console.log(defineTopology({ name: 'x', services: {} }).root)`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, [file])
    expect(stdout.trim()).toBe(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('topology.with returns a new topology with more services and variables', () => {
  const more = shop.with({ files: { image: 'files' } }, { api: { SIGNUP: ref('files.host') } })
  expect(Object.keys(more.definition.services)).toEqual(['db', 'mail', 'api', 'files'])
  expect(more.definition.services.api.env).toEqual({
    DB: { ref: 'db.sql.url' },
    SIGNUP: { ref: 'files.host' },
  })
  expect([more.name, more.root]).toEqual([shop.name, shop.root])
  expect(shop.definition.services.api.env.SIGNUP).toBe('closed')
})

test('topology.with keeps the plugin of a service whose variables it changes', () => {
  const more = shop.with({}, { mail: { DEBUG: true } })
  expect(more.definition.services.mail).toMatchObject({ image: 'mail', env: { DEBUG: true } })
  expect(pluginOf(more.definition.services.mail)?.name).toBe('mail')
})

test('topology.with replaces a service of the same name', () => {
  const other = shop.with({ db: { build: './db' } })
  expect(other.definition.services.db).toEqual({ build: './db' })
})

test('topology.without returns a new topology that lacks the services', () => {
  expect(Object.keys(shop.without('db', 'mail').definition.services)).toEqual(['api'])
  expect(Object.keys(shop.definition.services)).toEqual(['db', 'mail', 'api'])
})

test('an unknown service is reported with the closest name and all names', () => {
  // @ts-expect-error the unknown service
  expect(() => shop.without('apj')).toThrow(
    expect.objectContaining({
      code: 'SERVICE_UNKNOWN',
      message: expect.stringMatching(/"apj".*did you mean "api"\?[\s\S]*db, mail, api/),
    }),
  )
  // @ts-expect-error the unknown service
  expect(() => shop.with({}, { apj: { A: 'x' } })).toThrow(
    expect.objectContaining({ code: 'SERVICE_UNKNOWN' }),
  )
})

test.for([undefined, null, 'shop', [], () => {}])('%o is not a definition', (definition) => {
  expect(() => defineTopology(definition as never)).toThrow(
    expect.objectContaining({
      code: 'TOPOLOGY_INVALID',
      message: expect.stringContaining('defineTopology: definition: must be an object, not'),
    }),
  )
})

test('with and without refuse what is not made of services', () => {
  const topology = defineTopology({ name: 'shop', services: { api: { image: 'x' } } })
  const loose = topology as unknown as Record<'with' | 'without', (...args: unknown[]) => unknown>
  expect(() => loose.with('text')).toThrow(
    /topology.with: services: must be an object, not a string/,
  )
  expect(() => loose.with({}, [])).toThrow(/topology.with: env: must be an object, not an array/)
  expect(() => loose.with({}, { api: 'A=1' })).toThrow(/env.api: must be an object, not a string/)
  expect(() => loose.without(Symbol('api'))).toThrow(/unknown service "Symbol\(api\)"/)
})
