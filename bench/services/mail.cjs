// Mail-like: an HTTP service without needs.
require('node:http')
  .createServer((_request, response) => response.end('[]'))
  .listen(8025)
