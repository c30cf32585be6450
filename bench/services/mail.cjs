// In the role of a mail server: an HTTP service without dependencies.
require('node:http')
  .createServer((_request, response) => response.end('[]'))
  .listen(8025)
