import { createServer } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { pool } from './database.js'
import { log } from './log.js'
import { routes } from './routes.js'

const answer = async (request) => {
  const { pathname, searchParams: search } = new URL(request.url, 'http://api')
  const [, first, id = '', part] = pathname.split('/')
  const route = routes[[request.method, first, part].filter(Boolean).join(' ')]
  if (route === undefined) return [404, { error: 'no such route' }]
  let body = {}
  if (request.method === 'POST') {
    try {
      const text = await readText(request)
      body = (text === '' ? undefined : JSON.parse(text)) ?? {}
    } catch {
      return [400, { error: 'the body is not valid JSON' }]
    }
  }
  try {
    return await route({ id, body, search })
  } catch (error) {
    log('error', 'request failed', { path: request.url, error: error.message })
    return [503, { error: error.message }]
  }
}

const server = createServer(async (request, response) => {
  const begin = performance.now()
  const [status, body] = await answer(request)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  log(request.url === '/health' ? 'debug' : 'info', `${request.method} ${request.url}`, {
    status,
    ms: Math.round(performance.now() - begin),
  })
})

const port = Number(process.env.PORT ?? 3000)
server.listen(port, () => log('info', `listening on ${port}`))

process.once('SIGTERM', () => {
  log('info', 'closing')
  // Closes idle connections; requests in progress are still answered.
  server.close(() => pool.end())
})
