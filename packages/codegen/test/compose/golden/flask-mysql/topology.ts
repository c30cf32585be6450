// Created from compose.yaml by `mesocosm init`. Edit it as you like; it is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
// A service in the short form of `depends_on` is waited for until it is ready.
import { defineTopology, http, ref, tcp } from 'mesocosm'

export const topology = defineTopology({
  name: 'flask-mysql',
  services: {
    // volume db-data: the data of a service lives as long as its lane.
    // restart: services are not restarted, so that tests notice a crash.
    // networks: each lane has one network, on which all services reach each other.
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
    // restart: services are not restarted, so that tests notice a crash.
    // networks: each lane has one network, on which all services reach each other.
    app: {
      build: {
        context: './app',
        target: 'builder',
        cacheFrom: ['registry.example.test/app:cache'],
      },
      env: {
        DATABASE_HOST: ref('db.host'),
        DATABASE_PORT: ref('db.port'),
        DEBUG: true,
        RATE: 0.5,
        GREETING: 'it costs $5',
      },
      files: [{ from: './db/password.txt', to: '/run/secrets/db-password' }],
    },
    // networks: each lane has one network, on which all services reach each other.
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
