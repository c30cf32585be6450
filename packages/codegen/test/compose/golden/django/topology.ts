// Created from compose.yml by `mesocosm init`. Edit it as you like; it is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
// A service in the short form of `depends_on` is waited for until it is ready.
// Env files are read when this file is loaded; variables in them are not interpolated.
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { postgres } from '@mesocosm/postgres'
import { redis } from '@mesocosm/redis'
import { defineTopology, ref } from 'mesocosm'

/** Reads the variables of an env file, so that its values stay out of this file. */
const envFile = (path: string) => parseEnv(readFileSync(new URL(path, import.meta.url), 'utf8'))

const optionalEnvFile = (path: string): ReturnType<typeof envFile> =>
  existsSync(new URL(path, import.meta.url)) ? envFile(path) : {}

export const topology = defineTopology({
  name: 'django',
  services: {
    // volume static: shared by web, celery, celery-beat, nginx; services cannot share volumes.
    web: {
      build: './web',
      command: [
        'sh',
        '-c',
        'python manage.py migrate &&\n       gunicorn shop.wsgi --bind 0.0.0.0:8000',
      ],
      env: {
        ...envFile('./web/.env.web'),
        ...optionalEnvFile('./web/.env.local'),
        DB_HOST: ref('db.host'),
        DB_PORT: ref('db.port'),
        DB_NAME: ref('db.database'),
        DB_USER: ref('db.user'),
        DB_PASSWORD: ref('db.password'),
        CELERY_BROKER_URL: [ref('redis.url'), '/0'],
        ALLOWED_HOSTS: 'web,localhost',
      },
    },
    // volume static: shared by web, celery, celery-beat, nginx; services cannot share volumes.
    celery: {
      build: './web',
      command: ['celery', '-A', 'shop', 'worker', '--loglevel=info'],
      env: {
        ...envFile('./web/.env.web'),
        ...optionalEnvFile('./web/.env.local'),
        DB_HOST: ref('db.host'),
        DB_PORT: ref('db.port'),
        DB_NAME: ref('db.database'),
        DB_USER: ref('db.user'),
        DB_PASSWORD: ref('db.password'),
        CELERY_BROKER_URL: [ref('redis.url'), '/0'],
        ALLOWED_HOSTS: 'web,localhost',
        DJANGO_SETTINGS_MODULE: 'shop.worker',
      },
    },
    // volume static: shared by web, celery, celery-beat, nginx; services cannot share volumes.
    'celery-beat': {
      build: './web',
      command: ['celery', '-A', 'shop', 'beat'],
      env: {
        ...envFile('./web/.env.web'),
        ...optionalEnvFile('./web/.env.local'),
        DB_HOST: ref('db.host'),
        DB_PORT: ref('db.port'),
        DB_NAME: ref('db.database'),
        DB_USER: ref('db.user'),
        DB_PASSWORD: ref('db.password'),
        CELERY_BROKER_URL: [ref('redis.url'), '/0'],
        ALLOWED_HOSTS: 'web,localhost',
        DJANGO_SETTINGS_MODULE: 'shop.worker',
      },
    },
    flower: {
      image: 'mher/flower:2.0',
      command: ['celery', '--broker=redis://redis:6379/0', 'flower', '--port=5555'],
      ports: { http: 5555 },
      dependsOn: ['redis', 'celery'],
    },
    // volume pgdata: the data of a service lives as long as its lane.
    db: postgres({ image: 'postgres:16', database: 'shop', user: 'shop', password: "p@ss'word" }),
    redis: redis({ image: 'redis:7' }),
    // volume static: shared by web, celery, celery-beat, nginx; services cannot share volumes.
    nginx: {
      image: 'nginx:1.29',
      ports: { http: 80, https: 443 },
      mounts: [{ from: './nginx', to: '/etc/nginx/conf.d', readOnly: true }],
      dependsOn: ['web'],
    },
  },
})

/** Without the services of profile 'monitoring'. */
export const withoutMonitoring = topology.without('flower')
