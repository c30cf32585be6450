const { createServer } = require('node:http')

createServer((request, response) => response.end(process.env.GREETING)).listen(3000)
process.on('SIGTERM', () => process.exit(0))
