// Created from compose.yaml and compose.override.yaml by `mesocosm init`. Edit it as you like; it
// is not generated again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
// A service in the short form of `depends_on` is waited for until it is ready.
import { rabbitmq } from '@mesocosm/rabbitmq'
import { defineTopology, exec, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'Order-Workers',
  services: {
    // RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS, RABBITMQ_DEFAULT_VHOST: each lane gets its own
    // user.
    // port 15672: the plugin publishes only the AMQP port.
    // volume broker: the data of a service lives as long as its lane.
    broker: rabbitmq({ image: 'rabbitmq:4-management' }),
    // Order_Gateway: is not a valid host name; the service was renamed to order-gateway.
    // sysctls: vm.max_map_count would change the host of the engine.
    // devices: vendor.example/class=gpu is not supported; name a path below /dev.
    // security_opt: seccomp=./profile.json is not supported.
    // hostname: the host name of a service is its name.
    'order-gateway': {
      build: './gateway',
      command: ['node', '--watch', 'server.js'],
      ports: { http: 3000, http3001: 3001, http9100: 9100 },
      env: {
        AMQP_URL: ref('broker.url'),
        PRICES: [ref('prices.http.url'), '/v1'],
      },
      pidsLimit: 200,
      shmSizeMiB: 128,
      capAdd: ['NET_ADMIN', 'SYS_PTRACE'],
      capDrop: ['ALL'],
      securityOpt: ['no-new-privileges:false'],
      init: true,
      ulimits: { nofile: { soft: 1024, hard: 65_536 }, memlock: 'unlimited', nproc: 512 },
      sysctls: { 'net.core.somaxconn': 1024 },
      devices: [{ from: '/dev/fuse' }, { from: '/dev/ttyUSB0', to: '/dev/modem', access: 'r' }],
      extraHosts: {
        'mirror.internal': '10.0.0.7',
        'host.docker.internal': 'host-gateway',
        'six.internal': '::1',
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
    // network_mode: each lane has one network with its own host names.
    prices: {
      image:
        'ghcr.io/example/prices@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      ports: { http: 8000 },
      aliases: ['prices.internal'],
    },
    // build: https://github.com/example/toolbox.git#main is a remote build context; build the image
    // yourself and set its name.
    // unknown_key: not supported.
    toolbox: {
      image: 'order-workers-toolbox',
    },
  },
})

/** Without the services of profile 'dead-letter'. */
export const withoutDeadLetter = topology.without('worker-dead-letter')

/** Without the services of profile 'tools'. */
export const withoutTools = topology.without('toolbox')

/** Without the services of any profile. */
export const withoutProfiles = topology.without('worker-dead-letter', 'toolbox')
