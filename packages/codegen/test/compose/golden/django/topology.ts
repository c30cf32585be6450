// Made once from compose.yml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
// Where `depends_on` only named a service, services here wait until it is ready.
// Env files are read when this file is loaded; variables named in them are not filled in.
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { postgres } from '@mesocosm/postgres'
import { redis } from '@mesocosm/redis'
import { defineTopology, ref } from 'mesocosm'

/** Variables of a file beside this one, so that what is in it stays there. */
const envFile = (path: string) => parseEnv(readFileSync(new URL(path, import.meta.url), 'utf8'))

const optionalEnvFile = (path: string): ReturnType<typeof envFile> =>
  existsSync(new URL(path, import.meta.url)) ? envFile(path) : {}

export const topology = defineTopology({
  name: 'django',
  services: {
    // volume static: web, celery, celery-beat, nginx shared it; services here share no volumes.
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
    // volume static: web, celery, celery-beat, nginx shared it; services here share no volumes.
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
    // volume static: web, celery, celery-beat, nginx shared it; services here share no volumes.
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
    // volume pgdata: state lives and ends with the lane.
    db: postgres({ image: 'postgres:16', database: 'shop', user: 'shop', password: "p@ss'word" }),
    redis: redis({ image: 'redis:7' }),
    // volume static: web, celery, celery-beat, nginx shared it; services here share no volumes.
    nginx: {
      image: 'nginx:1.29',
      ports: { http: 80, https: 443 },
      mounts: [{ from: './nginx', to: '/etc/nginx/conf.d', readOnly: true }],
      dependsOn: ['web'],
    },
  },
})

/** Without the profile 'monitoring'. */
export const withoutMonitoring = topology.without('flower')
