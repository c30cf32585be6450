import { defineTopology, http, ref } from 'mesocosm'

const node = {
  image: 'node:24-trixie-slim',
  ports: { http: 3000 },
  ready: http('/'),
} as const

export const topology = defineTopology({
  name: 'cli-trace',
  services: {
    worker: {
      ...node,
      command: ['node', '/srv/worker.mjs'],
      files: [{ from: './worker.mjs', to: '/srv/worker.mjs' }],
      env: { MODE: 'slow' },
      exec: { count: (orders: number) => ['node', '-p', `${orders} * 2`] },
    },
    api: {
      ...node,
      command: ['node', '-e', 'require("node:http").createServer((_, r) => r.end()).listen(3000)'],
      env: { WORKER: ref('worker.http.url') },
    },
  },
})
