// Created from compose.yaml by `mesocosm init`. Edit it as you like; it is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
import { postgres } from '@mesocosm/postgres'
import { defineTopology, http, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'small',
  services: {
    // restart: services are not restarted, so that tests notice a crash.
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
    // tty: services have no terminal.
    pricing: {
      image: 'example/pricing:2.1',
      ports: { http: 8000 },
    },
    // volume data: the data of a service lives as long as its lane.
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

/** Without the services of profile 'debug'. */
export const withoutDebug = topology.without('adminer')
