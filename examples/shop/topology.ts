import { mailhog } from '@mesocosm/mailhog'
import { postgres } from '@mesocosm/postgres'
import { s3Mock } from '@mesocosm/s3-mock'
import { defineCommand, defineTopology, http, ref } from 'mesocosm'
import { z } from 'zod'

export const topology = defineTopology({
  name: 'shop',
  services: {
    db: postgres({ init: ['./db/schema.sql'] }),

    mail: mailhog({ server: 'bundled' }),

    files: s3Mock({ buckets: ['invoices'] }),

    // #region pricing
    pricing: {
      build: './pricing',
      ports: { http: 8000 },
      env: { DISCOUNT: 0 },
      ready: http('/health'),
      local: { command: ['python3', 'pricing.py'], env: { PYTHONUNBUFFERED: 1 } },
    },
    // #endregion

    api: {
      build: './api',
      ports: { http: 3000 },
      env: {
        DATABASE_URL: ref('db.url'),
        PRICING_URL: ref('pricing.http.url'),
        SMTP_URL: ref('mail.smtp.url'),
        S3_ENDPOINT: ref('files.url'),
        S3_BUCKET: ref('files.bucket'),
        AWS_REGION: ref('files.region'),
        AWS_ACCESS_KEY_ID: ref('files.accessKeyId'),
        AWS_SECRET_ACCESS_KEY: ref('files.secretAccessKey'),
        // Addresses for customers. A test that acts as one sets them to `api.http.url` and `files.url`.
        PUBLIC_URL: 'http://api:3000',
        S3_PUBLIC_ENDPOINT: ref('files.url'),
        SIGNUP: 'closed',
        LOG_LEVEL: 'info',
      },
      ready: http('/health'),
      debug: 'node',
      local: { command: ['node', 'server.js'] },
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
      debug: 'node',
      local: { command: ['node', 'worker.js'] },
    },
  },
})
