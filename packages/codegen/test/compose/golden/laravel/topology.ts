// Created from docker-compose.yml by `mesocosm init`. Edit it as you like; it is not generated
// again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
// A service in the short form of `depends_on` is waited for until it is ready.
import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { mailhog } from '@mesocosm/mailhog'
import { defineTopology, exec, http, tcp } from 'mesocosm'

/** Reads the variables of an env file, so that its values stay out of this file. */
const envFile = (path: string) => parseEnv(readFileSync(new URL(path, import.meta.url), 'utf8'))

const optionalEnvFile = (path: string): ReturnType<typeof envFile> =>
  existsSync(new URL(path, import.meta.url)) ? envFile(path) : {}

/** The environment, with defaults from `.env`, as in Compose. */
const variables = { ...optionalEnvFile('./.env'), ...process.env }

export const topology = defineTopology({
  name: 'laravel',
  services: {
    // laravel.test: is not a valid host name; the service was renamed to laravel-test.
    // image: built images are named by a hash of their content.
    // networks: each lane has one network, on which all services reach each other.
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
      extraHosts: { 'host.docker.internal': 'host-gateway' },
      aliases: ['laravel.test'],
    },
    // image: @mesocosm/postgres gives each lane its own data on one server; not used because the
    // environment of laravel-test does not show how it connects.
    // volume sail-pgsql: the data of a service lives as long as its lane.
    // networks: each lane has one network, on which all services reach each other.
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
    // volume sail-meilisearch: the data of a service lives as long as its lane.
    // networks: each lane has one network, on which all services reach each other.
    meilisearch: {
      image: 'getmeili/meilisearch:latest',
      ports: { http: 7700 },
      env: { MEILI_NO_ANALYTICS: variables.MEILISEARCH_NO_ANALYTICS || 'false' },
      ready: http('/health'),
    },
    // image: the plugin uses a pinned image.
    // networks: each lane has one network, on which all services reach each other.
    mailpit: mailhog(),
    // image: @mesocosm/s3-mock is an S3 server that starts faster, with a client for tests; use it
    // if you only need buckets.
    // volume sail-minio: the data of a service lives as long as its lane.
    // networks: each lane has one network, on which all services reach each other.
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
