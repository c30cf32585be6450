// Made once from compose.yaml and compose.override.yaml by `mesocosm init`; it is yours to edit
// from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
// Where `depends_on` only named a service, services here wait until it is ready.
import { rabbitmq } from '@mesocosm/rabbitmq'
import { defineTopology, exec, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'Order-Workers',
  services: {
    // RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS, RABBITMQ_DEFAULT_VHOST: every lane gets a user
    // of its own.
    // port 15672: the server speaks AMQP alone.
    // volume broker: state lives and ends with the lane.
    broker: rabbitmq({ image: 'rabbitmq:4-management' }),
    // Order_Gateway: is no host name everywhere; the service is called order-gateway.
    // hostname: a service’s host name is its name in the lane.
    // cap_add: services run with the rights of an ordinary container.
    'order-gateway': {
      build: './gateway',
      command: ['node', '--watch', 'server.js'],
      ports: { http: 3000, http3001: 3001, http9100: 9100 },
      env: {
        AMQP_URL: ref('broker.url'),
        PRICES: [ref('prices.http.url'), '/v1'],
      },
      labels: {
        'com.example.owner': 'orders',
        'traefik.http.routers.gateway.rule': 'Host(`orders.example.test`)',
      },
      aliases: ['Order_Gateway'],
    },
    worker: {
      build: './worker',
      ports: { http: 8080 },
      env: {
        AMQP_URL: ref('broker.url'),
        QUEUE: 'orders',
        GATEWAY: ref('order-gateway.http.url'),
        LOG_LEVEL: 'debug',
      },
      ready: exec(['node', 'health.js']),
      readyTimeoutMs: 300_000,
    },
    'worker-dead-letter': {
      build: './worker',
      ports: { http: 8080 },
      env: {
        AMQP_URL: ref('broker.url'),
        QUEUE: 'dead',
      },
      dependsOn: { worker: 'started' },
      ready: exec(['node', 'health.js']),
      readyTimeoutMs: 300_000,
    },
    // network_mode: a lane is one network with its own names.
    prices: {
      image:
        'ghcr.io/example/prices@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      ports: { http: 8000 },
      aliases: ['prices.internal'],
    },
    // build: https://github.com/example/toolbox.git#main is not on this machine; build it yourself
    // and name the image here.
    // unknown_key: there is no such setting here.
    toolbox: {
      image: 'order-workers-toolbox',
    },
  },
})

/** Without the profile 'dead-letter'. */
export const withoutDeadLetter = topology.without('worker-dead-letter')

/** Without the profile 'tools'. */
export const withoutTools = topology.without('toolbox')

/** Without any profile. */
export const withoutProfiles = topology.without('worker-dead-letter', 'toolbox')
