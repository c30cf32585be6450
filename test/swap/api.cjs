// A service for tests that runs in a container and as a process: answers who it is, what it sees, and exits on request.
const { createServer } = require('node:http')
const { readFileSync } = require('node:fs')

const { WHO = 'container', PORT = '3000', REPLY = '', ...env } = process.env

const routes = {
  health: () => 'ok',
  who: () => ({ who: WHO, pid: process.pid, cwd: process.cwd() }),
  env: () => process.env,
  reply: () => (REPLY === '' ? null : readFileSync(REPLY, 'utf8')),
  say: (query) => {
    console.log(query.get('out'))
    console.error(query.get('err'))
    return 'said'
  },
  ask: (query) => fetch(query.get('url')).then((response) => response.json()),
  sql: async (query) => {
    const { Client } = require('pg')
    const client = new Client(env.DATABASE_URL)
    await client.connect()
    try {
      return (await client.query(query.get('text'))).rows
    } finally {
      await client.end()
    }
  },
  exit: (query) => {
    console.error('gives up')
    process.exit(Number(query.get('code')))
  },
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://api')
  const route = routes[pathname.slice(1)]
  const answer = await Promise.resolve(route?.(searchParams)).catch((error) => ({
    error: String(error),
  }))
  response.writeHead(route === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer ?? null))
})
// Longer than the tests take: only a swap ends a connection that is kept alive.
server.keepAliveTimeout = 600_000
server.listen(Number(PORT), () => console.log(`listens on ${PORT}`))
