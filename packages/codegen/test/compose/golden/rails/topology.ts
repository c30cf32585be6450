// Made once from compose.yaml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
// Where `depends_on` only named a service, services here wait until it is ready.
import { mailhog } from '@mesocosm/mailhog'
import { postgres } from '@mesocosm/postgres'
import { redis } from '@mesocosm/redis'
import { defineTopology, http, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'rails',
  services: {
    // stdin_open, tty: services have no terminal.
    rails: {
      build: { context: '.', args: { RUBY_VERSION: '3.4.1' } },
      command: ['bundle', 'exec', 'rails', 'server', '-b', '0.0.0.0'],
      ports: { http: 3000 },
      env: {
        RAILS_ENV: process.env.RAILS_ENV || 'development',
        REDIS_URL: [ref('redis.url'), '/'],
        DATABASE_URL: ref('postgres.url'),
        SMTP_ADDRESS: ref('mail.host'),
        SMTP_PORT: ref('mail.port'),
        MAIL_UI: [ref('mail.http.url'), '/'],
      },
      tmpfs: ['/tmp'],
      dependsOn: { mail: 'started' },
      ready: http('/up'),
      readyTimeoutMs: 135_000,
    },
    // stdin_open, tty: services have no terminal.
    sidekiq: {
      build: { context: '.', args: { RUBY_VERSION: '3.4.1' } },
      command: ['bundle', 'exec', 'sidekiq'],
      env: {
        RAILS_ENV: process.env.RAILS_ENV || 'development',
        REDIS_URL: [ref('redis.url'), '/'],
        DATABASE_URL: ref('postgres.url'),
        SMTP_ADDRESS: ref('mail.host'),
        SMTP_PORT: ref('mail.port'),
        MAIL_UI: [ref('mail.http.url'), '/'],
        QUEUES: 'default,mailers',
      },
      tmpfs: ['/tmp'],
      dependsOn: { mail: 'started', migrate: 'completed' },
    },
    // stdin_open, tty: services have no terminal.
    migrate: {
      build: { context: '.', args: { RUBY_VERSION: '3.4.1' } },
      command: ['bin/rails', 'db:prepare'],
      env: {
        DATABASE_URL: [
          `postgresql://shop:${process.env.DB_PASSWORD || 'rails'}@`,
          ref('postgres.host'),
          ':',
          ref('postgres.port'),
          '/',
          ref('postgres.database'),
          '?pool=5',
        ],
      },
      tmpfs: ['/tmp'],
    },
    // volume postgres: state lives and ends with the lane.
    postgres: postgres({
      image: 'postgres:17',
      init: ['./db/init.sql'],
      database: 'shop',
      user: 'shop',
      password: process.env.DB_PASSWORD || 'rails',
      settings: { log_statement: 'all', max_connections: 200 },
    }),
    // volume redis: state lives and ends with the lane.
    redis: redis({ image: 'redis:7.4-alpine' }),
    // image: the package brings a pinned one.
    mail: mailhog({ server: 'mailhog' }),
  },
})
