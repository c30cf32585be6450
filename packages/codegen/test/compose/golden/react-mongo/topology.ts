// Created from compose.yaml by `mesocosm init`. Edit it as you like; it is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
// A service in the short form of `depends_on` is waited for until it is ready.
import { defineTopology, exec, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'react-mongo',
  services: {
    // volume ./frontend: the built image already contains these files.
    // stdin_open: services have no terminal.
    frontend: {
      build: './frontend',
      ports: { http: 3000 },
      env: {
        CHOKIDAR_USEPOLLING: 'true',
        REACT_APP_API: 'http://localhost:5000',
        PROXY: ref('backend.http.url'),
      },
    },
    // volume ./backend: the built image already contains these files.
    // deploy.replicas: a service is one container; declare more services instead.
    backend: {
      build: {
        context: './backend',
        args: { NODE_ENV: 'development', COMMIT: process.env.COMMIT ?? '' },
      },
      ports: { http: 5000, inspector: { port: 9229, scheme: 'tcp' } },
      env: {
        MONGO_URL: [ref('mongo.mongodb.url'), '/todo'],
        CORS_ORIGIN: ref('frontend.http.url', { wait: false }),
        SESSION_SECRET: process.env.SESSION_SECRET,
      },
      tmpfs: { '/tmp': '', '/run': 'size=64m' },
      memoryMiB: 512,
      cpus: 0.5,
      init: true,
    },
    // volume ./data: the data of a service lives as long as its lane.
    mongo: {
      image: 'mongo:7',
      ports: { mongodb: 27017 },
      ready: exec(['sh', '-c', 'mongosh --quiet --eval "db.adminCommand(\'ping\').ok" || exit 1']),
      readyTimeoutMs: 120_000,
      ulimits: { nofile: 64_000 },
      aliases: ['database', 'todo-mongo'],
    },
    'mongo-express': {
      image: 'mongo-express:1',
      ports: { http: 8081 },
      env: { ME_CONFIG_MONGODB_URL: [ref('mongo.mongodb.url'), '/'] },
    },
  },
})

/** Without the services of profile 'debug'. */
export const withoutDebug = topology.without('mongo-express')
