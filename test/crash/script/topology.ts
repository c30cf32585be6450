import { defineTopology, ref } from 'mesocosm'
import { app } from '../../lib/app.ts'

/** A shared server and two services, in the project of the test that started this process. */
export const topology = defineTopology({
  name: 'crash',
  root: process.argv[2] as string,
  services: {
    store: { ...app, share: 'run' },
    api: { ...app, env: { STORE: ref('store.http.url'), GREETING: 'hello', BOOT_MS: 0 } },
    web: { ...app, env: { API: ref('api.http.url') } },
  },
})
