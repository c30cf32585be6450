import { defineTopology, http } from 'mesocosm'

const server = `
  require('node:http').createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<h1>' + process.env.GREETING + '</h1>')
  }).listen(3000)
`

export const topology = defineTopology({
  name: 'page',
  services: {
    web: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', server],
      ports: { http: 3000 },
      env: { GREETING: 'hello' },
      ready: http('/'),
      stopTimeoutMs: 0,
    },
  },
})
