// Is ready when another service has answered a greeting.
const { createServer } = require('node:http')

const { GREETING } = process.env
fetch(GREETING).then(() => createServer((_, response) => response.end('ok')).listen(3000))
