import { postgres } from '@mesocosm/postgres'
import { defineCommand, defineTopology, http, ref } from 'mesocosm'
import { z } from 'zod'

export const topology = defineTopology({
  name: 'shop',
  services: {
    db: postgres({ init: ['./db/schema.sql'] }),

    pricing: {
      build: './pricing',
      ports: { http: 8000 },
      env: { DISCOUNT: 0 },
      ready: http('/health'),
    },

    api: {
      build: './api',
      ports: { http: 3000 },
      env: {
        DATABASE_URL: ref('db.url'),
        PRICING_URL: ref('pricing.http.url'),
        SIGNUP: 'closed',
        LOG_LEVEL: 'info',
      },
      ready: http('/health'),
      exec: {
        seed: (rows: number) => ['node', 'cli.js', 'seed', String(rows)],
        createAdmin: defineCommand({
          args: z.object({ email: z.email(), role: z.enum(['admin', 'root']).default('admin') }),
          output: z.object({ id: z.string() }),
          argv: (admin) => ['node', 'cli.js', 'create-admin', admin.email, `--role=${admin.role}`],
        }),
      },
    },

    worker: {
      build: './worker',
      ports: { http: 3000 },
      env: { DATABASE_URL: ref('db.url'), PRICING_URL: ref('pricing.http.url') },
      ready: http('/health'),
    },
  },
})
