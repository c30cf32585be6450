import { postgres } from '@mesocosm/postgres'
import { stub } from '@mesocosm/stub'
import { defineCommand, defineTopology, http, ref } from 'mesocosm'
import { z } from 'zod'

export const topology = defineTopology({
  name: 'packed',
  services: {
    db: postgres({ init: ['./schema.sql'] }),
    payments: stub({ openapi: './payments.yaml' }),
    api: {
      build: './api',
      ports: { http: 3000 },
      env: { DATABASE_URL: ref('db.url'), SIGNUP: 'closed' },
      ready: http('/health'),
      exec: {
        seed: (rows: number) => ['node', 'cli.js', 'seed', String(rows)],
        createAdmin: defineCommand({
          args: z.object({ email: z.email() }),
          output: z.object({ id: z.string() }),
          argv: ({ email }) => ['node', 'cli.js', 'create-admin', email],
        }),
      },
    },
  },
})
