import { join } from 'node:path'
import { defineCommand, defineTopology, http, ref, testEndpoint } from 'mesocosm'

const app = {
  image: 'unused',
  ports: { http: 3000 },
  ready: http('/health'),
  local: { command: [process.execPath, 'app.cjs'], cwd: join(import.meta.dirname, '../fixture') },
} as const

/** A shared server and services of a lane that run as processes of this machine. */
export const declare = (root: string) =>
  defineTopology({
    name: 'local',
    root,
    services: {
      hooks: testEndpoint(),
      store: { ...app, share: 'run' },
      api: {
        ...app,
        env: {
          STORE: ref('store.http.url'),
          WEBHOOK_URL: [ref('hooks.http.url'), '/paddle'],
          GREETING: 'hello',
          REFUSE: undefined,
        },
        exec: { where: defineCommand({ argv: () => ['sh', '-c', 'pwd; echo "$PORT $GREETING"'] }) },
      },
      web: { ...app, env: { API: ref('api.http.url') } },
    },
  })
