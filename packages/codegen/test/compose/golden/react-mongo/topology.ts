// Made once from compose.yaml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
// Where `depends_on` only named a service, services here wait until it is ready.
import { defineTopology, exec, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'react-mongo',
  services: {
    // volume ./frontend: the image that is built holds these files already.
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
    // volume ./backend: the image that is built holds these files already.
    // deploy.replicas: a service is one container; add others by name.
    // init: the program is the container’s first process.
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
    },
    // volume ./data: state lives and ends with the lane.
    // ulimits: limits of the kernel are left as the engine sets them.
    mongo: {
      image: 'mongo:7',
      ports: { mongodb: 27017 },
      ready: exec(['sh', '-c', 'mongosh --quiet --eval "db.adminCommand(\'ping\').ok" || exit 1']),
      readyTimeoutMs: 120_000,
      aliases: ['database', 'todo-mongo'],
    },
    'mongo-express': {
      image: 'mongo-express:1',
      ports: { http: 8081 },
      env: { ME_CONFIG_MONGODB_URL: [ref('mongo.mongodb.url'), '/'] },
    },
  },
})

/** Without the profile 'debug'. */
export const withoutDebug = topology.without('mongo-express')
