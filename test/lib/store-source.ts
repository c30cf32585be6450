/**
 * Source of a plugin whose data is a file. It cannot be reset nor made again while the file `marks/broken` of the
 * project exists. To be put at the head of a `topology.ts`.
 */
export const storeSource = `import { definePlugin, defineTopology, log } from 'mesocosm'

const store = definePlugin({
  name: 'store',
  service: () => ({
    image: 'node:24-trixie-slim',
    command: ['node', '-e', 'setInterval(() => {}, 1e6); process.on("SIGTERM", () => process.exit())'],
    mounts: [{ from: './marks', to: '/marks' }],
    tasks: {
      setup: [{ argv: ['sh', '-c', 'test ! -e /marks/broken && mkdir /data && echo declared > /data/rows'] }],
      baseline: [{ argv: ['sh', '-c', 'cp /data/rows /data/base'] }],
      reset: [{ argv: ['sh', '-c', 'test ! -e /marks/broken && cp /data/base /data/rows'] }],
    },
  }),
  client: (service) => ({
    read: async () => (await service.run(['cat', '/data/rows'])).stdout.trim(),
    write: (text) => service.run(['sh', '-c', 'echo "$1" > /data/rows', 'sh', text]),
    breakReset: () => service.run(['touch', '/marks/broken']),
  }),
})
`
