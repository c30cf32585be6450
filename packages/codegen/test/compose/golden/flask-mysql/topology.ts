// Made once from compose.yaml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
// Where `depends_on` only named a service, services here wait until it is ready.
import { defineTopology, http, ref, tcp } from 'mesocosm'

export const topology = defineTopology({
  name: 'flask-mysql',
  services: {
    // volume db-data: state lives and ends with the lane.
    // restart: what ends stays ended, so that tests see it.
    // networks: a lane is one network; every service reaches every other.
    db: {
      image: 'mariadb:11-noble',
      command: [
        '--default-authentication-plugin=mysql_native_password',
        '--max-allowed-packet=64 M',
      ],
      ports: { mysql: 3306, mysqlx: { port: 33060, scheme: 'tcp' } },
      env: {
        MYSQL_DATABASE: 'example',
        MYSQL_ROOT_PASSWORD_FILE: '/run/secrets/db-password',
      },
      files: [{ from: './db/password.txt', to: '/run/secrets/db-password' }],
      ready: tcp(),
    },
    // build.cache_from: builds have no such setting here.
    // restart: what ends stays ended, so that tests see it.
    // networks: a lane is one network; every service reaches every other.
    app: {
      build: { context: './app', target: 'builder' },
      env: {
        DATABASE_HOST: ref('db.host'),
        DATABASE_PORT: ref('db.port'),
        DEBUG: true,
        RATE: 0.5,
        GREETING: 'it costs $5',
      },
      files: [{ from: './db/password.txt', to: '/run/secrets/db-password' }],
    },
    // networks: a lane is one network; every service reaches every other.
    proxy: {
      image: 'nginx:1.29-alpine',
      ports: { http: 80 },
      mounts: [{ from: './proxy/site.conf', to: '/etc/nginx/conf.d/default.conf', readOnly: true }],
      dependsOn: ['app'],
      ready: http('/health'),
      aliases: ['shop.example.test'],
    },
  },
})
