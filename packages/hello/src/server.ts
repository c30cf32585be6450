/** The program that runs in the container, as text: any Node image runs it, nothing is built. */
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
// The first process of a container ignores signals that it does not handle, and would be waited for.
process.on('SIGTERM', () => process.exit())
`
