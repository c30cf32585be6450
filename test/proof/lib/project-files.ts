import { laneCount } from './suite.ts'

/** A small service whose data is a file, which a task resets. */
const server = `
const fs = require('node:fs')
const file = '/tmp/notes'
const server = require('node:http').createServer((request, response) => {
  const title = decodeURIComponent(request.url.slice(1))
  if (request.method === 'POST') fs.appendFileSync(file, title + '\\n')
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  response.end(JSON.stringify(text.split('\\n').filter(Boolean)))
})
// A test must not find its connection closed while it is reused.
server.keepAliveTimeout = 600_000
server.listen(3000)
process.on('SIGTERM', () => process.exit())
`

const topology = `import { postgres } from '@mesocosm/postgres'
import { redis } from '@mesocosm/redis'
import { definePlugin, defineTopology, http } from 'mesocosm'

const notes = definePlugin({
  name: 'notes',
  service: () => ({
    image: 'node:24-trixie-slim',
    command: ['node', '-e', ${JSON.stringify(server)}],
    ports: { http: 3000 },
    ready: http('/'),
    tasks: { reset: [{ argv: ['rm', '-f', '/tmp/notes'] }] },
  }),
  client: () => ({}),
})

export const topology = defineTopology({
  name: 'proof',
  services: { db: postgres({ init: ['./schema.sql'], timeoutMs: 600_000 }), cache: redis(), notes: notes() },
})
`

/** Finds each store as declared, writes to it, and finds its own write alone, again and again while others write. */
const prove = `import { createClient } from '@redis/client'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const rounds = 4

const open = {
  async db(url) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return {
      read: async () => (await client.query('select text from notes order by id')).rows.map(({ text }) => text),
      write: (title) => client.query('insert into notes (text) values ($1)', [title]),
      close: () => client.end(),
    }
  },
  async cache(url) {
    const client = createClient({ url })
    await client.connect()
    return {
      read: () => client.lRange('notes', 0, -1),
      write: (title) => client.rPush('notes', title),
      close: () => client.close(),
    }
  },
  async notes(url) {
    return {
      read: async () => (await fetch(url)).json(),
      write: (title) => fetch(url + '/' + encodeURIComponent(title), { method: 'POST' }),
      close: async () => {},
    }
  },
}

const expected = (title, store, found, wanted) => {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error('interference: ' + title + ' finds ' + JSON.stringify(found) + ' in ' + store + ' instead of ' + JSON.stringify(wanted))
}

export const prove = async (title, urls) => {
  const stores = {}
  try {
    for (const [name, url] of Object.entries(urls)) stores[name] = await open[name](url)
    for (const [name, store] of Object.entries(stores)) expected(title, name, await store.read(), [])
    for (const store of Object.values(stores)) await store.write(title)
    for (let round = 0; round < rounds; round++)
      for (const [name, store] of Object.entries(stores)) expected(title, name, await store.read(), [title])
  } finally {
    for (const store of Object.values(stores)) await store.close()
  }
}

/** Waits until all files run: they use their lanes at the same time. */
export const together = async (file) => {
  const folder = path.join(process.cwd(), 'began')
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, file), '')
  const deadline = performance.now() + 500_000
  while (fs.readdirSync(folder).length < ${laneCount}) {
    if (performance.now() > deadline) throw new Error('not all files run at the same time: ' + fs.readdirSync(folder))
    await pause(20)
  }
}

/** Addresses of one lane for all tests, if that is asked for. */
export const shared = process.env.PROOF_SHARED === undefined ? undefined : JSON.parse(process.env.PROOF_SHARED)
`

/** Leases one lane, prints its addresses, and holds it until it is killed. */
const hold = `import { lease } from 'mesocosm'
import { topology } from './topology.js'
const { services } = await lease(topology)
console.log('@lane ' + JSON.stringify({ db: services.db.url, cache: services.cache.url, notes: services.notes.http.url }))
process.stdin.resume()
process.stdin.on('end', () => process.exit())
`

/** Files of the project that all runners share. */
export const projectFiles: Readonly<Record<string, string>> = {
  'topology.js': topology,
  'schema.sql': 'create table notes (id serial primary key, text text);\n',
  'prove.js': prove,
  'hold.js': hold,
}
