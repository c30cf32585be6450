/** The program in the container, as text, so that any Node image can run it without a build. */
export const server = `
const greeted = new Set()
const routes = {
  'GET /guests': () => [...greeted],
  'POST /guests': (name) => greeted.add(name) && process.env.GREETING + ', ' + name,
  'DELETE /guests': () => greeted.clear() ?? 'forgotten',
}
const answer = async (request, response) => {
  const body = (await request.toArray()).join('')
  const route = routes[request.method + ' ' + request.url]
  response.statusCode = route === undefined ? 404 : 200
  response.end(JSON.stringify(route?.(body) ?? null))
}
require('node:http')
  // A rejection that nothing catches, as of a client that has disconnected, would end the process.
  .createServer((request, response) => answer(request, response).catch(() => response.destroy()))
  .listen(Number(process.env.PORT ?? 8080), function () {
    console.log('ready to greet on ' + this.address().port)
  })
// The first process of a container ignores signals without a handler, which would delay its stop.
process.on('SIGTERM', () => process.exit())
`
