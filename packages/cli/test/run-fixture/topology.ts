import { defineTopology, http, ref } from 'mesocosm'

const image = 'node:24-trixie-slim'
const server = `require('node:http')
  .createServer((request, response) => response.end(process.env.GREETING ?? 'hello'))
  .listen(3000)`

export const topology = defineTopology({
  name: process.env.RUN_TOPOLOGY ?? 'cli-run',
  services: {
    api: {
      image,
      command: ['node', '-e', server],
      ports: { http: 3000 },
      ready: http('/'),
    },
    // #region tests
    tests: {
      image,
      env: { TARGET: ref('api.http.url') },
      files: [{ content: 'from the topology', to: '/etc/tests.conf' }],
      mounts: [{ from: './shared', to: '/shared', readOnly: true }],
    },
    // #endregion
  },
})
