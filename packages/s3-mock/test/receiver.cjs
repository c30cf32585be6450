// A service that receives S3 notifications, and prints each on a line.
const { createServer } = require('node:http')

createServer(async (request, response) => {
  const body = (await request.toArray()).join('')
  if (request.url === '/hook') console.log(body)
  response.writeHead(request.url === '/hook' ? 204 : 404).end()
}).listen(3000)

process.once('SIGTERM', () => process.exit(0))
