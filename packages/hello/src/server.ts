/** The program in the container, as text, so that any Node image can run it without a build. */
export const server = `
const greeted = new Set()
const routes = {
  'GET /guests': () => [...greeted],
  'POST /guests': (name) => greeted.add(name) && process.env.GREETING + ', ' + name,
  'DELETE /guests': () => greeted.clear() ?? 'forgotten',
}
require('node:http')
  .createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    const route = routes[request.method + ' ' + request.url]
    response.statusCode = route === undefined ? 404 : 200
    response.end(JSON.stringify(route?.(body) ?? null))
  })
  .listen(8080, () => console.log('ready to greet'))
// The first process of a container ignores signals without a handler, which would delay its stop.
process.on('SIGTERM', () => process.exit())
`
