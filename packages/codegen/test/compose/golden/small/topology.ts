// Made once from compose.yaml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
import { postgres } from '@mesocosm/postgres'
import { defineTopology, http, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'small',
  services: {
    // restart: what ends stays ended, so that tests see it.
    api: {
      build: './api',
      ports: { http: 3000 },
      env: {
        DATABASE_URL: ref('db.url'),
        PRICING_URL: [ref('pricing.http.url'), '/v1'],
        LOG_LEVEL: process.env.LOG_LEVEL || 'info',
      },
      ready: http('/health'),
    },
    // cap_add: services run with the rights of an ordinary container.
    pricing: {
      image: 'example/pricing:2.1',
      ports: { http: 8000 },
    },
    // volume data: state lives and ends with the lane.
    db: postgres({
      image: 'postgres:17',
      init: ['./db/schema.sql'],
      database: 'shop',
      user: 'shop',
      password: process.env.DB_PASSWORD || 'shop',
    }),
    adminer: {
      image: 'adminer:5',
      ports: { http: 8080 },
    },
  },
})

/** Without the profile 'debug'. */
export const withoutDebug = topology.without('adminer')
