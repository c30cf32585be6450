import { join } from 'node:path'
import { postgres } from '@mesocosm/postgres'
import { defineTopology, http, ref } from 'mesocosm'

const program = join(import.meta.dirname, 'api.cjs')

const inContainer = {
  image: 'node:24-trixie-slim',
  command: ['node', '/api.cjs'],
  files: [{ from: program, to: '/api.cjs' }],
  ports: { http: 3000 },
  ready: http('/health'),
} as const

/** An api between a database and a web, which can run as a process of this machine. */
export const declare = (folder: string) =>
  defineTopology({
    name: 'swap',
    root: folder,
    services: {
      db: postgres(),
      web: { ...inContainer, env: { API: ref('api.http.url') } },
      // #region declare
      api: {
        ...inContainer,
        telemetry: true,
        debug: 'node',
        env: {
          DATABASE_URL: ref('db.url'),
          WEB: ref('web.http.url', { wait: false }),
          GREETING: 'hello',
        },
        local: {
          command: ['node', 'api.cjs'],
          cwd: import.meta.dirname,
          env: { WHO: 'process', REPLY: join(folder, 'watched', 'reply.txt') },
          watch: 'watched',
        },
      },
      // #endregion
    },
  })
