import { postgres } from '@mesocosm/postgres'
import { defineTopology, http, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'first',
  services: {
    db: postgres({ init: ['./schema.sql'] }),
    greeter: {
      build: './greeter',
      ports: { http: 3000 },
      env: { DATABASE_URL: ref('db.url'), GREETING: 'hello' },
      ready: http('/'),
    },
  },
})
