const { createServer } = require('node:http')

createServer((_request, response) => response.end(process.env.GREETING)).listen(3000)
process.on('SIGTERM', () => process.exit(0))
