// Created from compose.yaml by `mesocosm init`. Edit it as you like; it is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
// A service in the short form of `depends_on` is waited for until it is ready.
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
    // volume postgres: the data of a service lives as long as its lane.
    postgres: postgres({
      image: 'postgres:17',
      init: ['./db/init.sql'],
      database: 'shop',
      user: 'shop',
      password: process.env.DB_PASSWORD || 'rails',
      settings: { log_statement: 'all', max_connections: 200 },
    }),
    // volume redis: the data of a service lives as long as its lane.
    redis: redis({ image: 'redis:7.4-alpine' }),
    // image: the plugin uses a pinned image.
    mail: mailhog({ server: 'mailhog' }),
  },
})
