/**
 * Source of a plugin whose data is a file. A file `broken` makes its reset fail. To be put at the head of a
 * `topology.ts`.
 */
export const storeSource = `import { definePlugin, defineTopology, log } from 'mesocosm'

const store = definePlugin({
  name: 'store',
  service: () => ({
    image: 'node:24-trixie-slim',
    command: ['node', '-e', 'setInterval(() => {}, 1e6); process.on("SIGTERM", () => process.exit())'],
    tasks: {
      setup: [{ argv: ['sh', '-c', 'mkdir /data && echo declared > /data/rows'] }],
      baseline: [{ argv: ['sh', '-c', 'cp /data/rows /data/base'] }],
      reset: [{ argv: ['sh', '-c', 'test ! -e /data/broken && cp /data/base /data/rows'] }],
    },
  }),
  client: (service) => ({
    read: async () => (await service.run(['cat', '/data/rows'])).stdout.trim(),
    write: (text) => service.run(['sh', '-c', 'echo "$1" > /data/rows', 'sh', text]),
    breakReset: () => service.run(['touch', '/data/broken']),
  }),
})
`
