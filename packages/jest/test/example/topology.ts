import { defineTopology, http } from 'mesocosm'

const server = `require('node:http')
  .createServer((_, response) => response.end(process.env.GREETING))
  .listen(3000)`

export const topology = defineTopology({
  name: 'greeter',
  services: {
    greeter: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', server],
      ports: { http: 3000 },
      env: { GREETING: 'hello' },
      ready: http('/'),
      stopTimeoutMs: 0,
    },
  },
})
