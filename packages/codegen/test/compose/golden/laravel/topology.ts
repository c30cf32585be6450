// Made once from docker-compose.yml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
// Where `depends_on` only named a service, services here wait until it is ready.
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { mailhog } from '@mesocosm/mailhog'
import { defineTopology, exec, http, tcp } from 'mesocosm'

/** Variables of a file beside this one, so that what is in it stays there. */
const envFile = (path: string) => parseEnv(readFileSync(new URL(path, import.meta.url), 'utf8'))

const optionalEnvFile = (path: string): ReturnType<typeof envFile> =>
  existsSync(new URL(path, import.meta.url)) ? envFile(path) : {}

/** The environment, and where it says nothing what `.env` says, as in Compose. */
const variables = { ...optionalEnvFile('./.env'), ...process.env }

export const topology = defineTopology({
  name: 'laravel',
  services: {
    // laravel.test: is no host name everywhere; the service is called laravel-test.
    // image: what is built gets a name by its content.
    // extra_hosts: a lane is one network with its own names.
    // networks: a lane is one network; every service reaches every other.
    'laravel-test': {
      build: {
        context: './vendor/laravel/sail/runtimes/8.4',
        args: { WWWGROUP: variables.WWWGROUP ?? '' },
      },
      ports: { http: 80, http5173: Number(variables.VITE_PORT || '5173') },
      env: {
        WWWUSER: variables.WWWUSER ?? '',
        LARAVEL_SAIL: 1,
        XDEBUG_MODE: variables.SAIL_XDEBUG_MODE || 'off',
        XDEBUG_CONFIG: variables.SAIL_XDEBUG_CONFIG || 'client_host=host.docker.internal',
        IGNITION_LOCAL_SITES_PATH: variables.PWD ?? '',
      },
      mounts: [{ from: '.', to: '/var/www/html' }],
      dependsOn: ['pgsql', 'meilisearch', 'mailpit', 'minio'],
      aliases: ['laravel.test'],
    },
    // image: @mesocosm/postgres gives every lane data of its own on one server; not used here,
    // because how laravel-test finds that is not plain from its environment.
    // volume sail-pgsql: state lives and ends with the lane.
    // networks: a lane is one network; every service reaches every other.
    pgsql: {
      image: 'postgres:18-alpine',
      ports: { postgres: 5432 },
      env: {
        PGPASSWORD: variables.DB_PASSWORD || 'secret',
        POSTGRES_DB: variables.DB_DATABASE ?? '',
        POSTGRES_USER: variables.DB_USERNAME ?? '',
        POSTGRES_PASSWORD: variables.DB_PASSWORD || 'secret',
      },
      ready: tcp(),
    },
    // volume sail-meilisearch: state lives and ends with the lane.
    // networks: a lane is one network; every service reaches every other.
    meilisearch: {
      image: 'getmeili/meilisearch:latest',
      ports: { http: 7700 },
      env: { MEILI_NO_ANALYTICS: variables.MEILISEARCH_NO_ANALYTICS || 'false' },
      ready: http('/health'),
    },
    // image: the package brings a pinned one.
    // networks: a lane is one network; every service reaches every other.
    mailpit: mailhog(),
    // image: @mesocosm/s3-mock has an S3 server that starts at once, with a client for tests;
    // choose it for your buckets.
    // volume sail-minio: state lives and ends with the lane.
    // networks: a lane is one network; every service reaches every other.
    minio: {
      image: 'minio/minio:latest',
      command: ['minio', 'server', '/data', '--console-address', ':8900'],
      ports: { http: 9000, http8900: 8900 },
      env: {
        MINIO_ROOT_USER: 'sail',
        MINIO_ROOT_PASSWORD: 'password',
      },
      ready: exec(['mc', 'ready', 'local']),
    },
  },
})
