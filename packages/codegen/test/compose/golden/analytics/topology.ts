// Made once from docker-compose.yml by `mesocosm init`; it is yours to edit from here on.
// Above a service: what of its Compose keys is not carried over, and why.
// Ports are published on free ones of the host; the handle of a service tells them.
import { defineTopology, exec, http, ref, tcp } from 'mesocosm'

export const topology = defineTopology({
  name: 'analytics',
  services: {
    // volume redis: state lives and ends with the lane.
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    redis: {
      image: 'valkey/valkey:8-alpine',
      ports: { redis: 6379 },
      ready: tcp(),
      readyTimeoutMs: 300_000,
    },
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    // ulimits: limits of the kernel are left as the engine sets them.
    kafka: {
      image: 'apache/kafka:4.0.0',
      ports: { kafka: 9092, kafka29092: { port: 29092, scheme: 'kafka' } },
      env: {
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1001@127.0.0.1:29093',
        KAFKA_LISTENERS:
          'PLAINTEXT://0.0.0.0:29092,INTERNAL://0.0.0.0:9093,EXTERNAL://0.0.0.0:9092',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://127.0.0.1:29092,EXTERNAL://kafka:9092',
      },
      ready: tcp(),
      readyTimeoutMs: 300_000,
    },
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    // ulimits: limits of the kernel are left as the engine sets them.
    clickhouse: {
      image: 'clickhouse/clickhouse-server:25.3-alpine',
      ports: { http: 8123, http9000: 9000 },
      files: [
        {
          from: './conf/clickhouse.xml',
          to: '/etc/clickhouse-server/config.d/shop.xml',
          mode: 0o444,
        },
      ],
      ready: http('/'),
      readyTimeoutMs: 300_000,
    },
    // volume spool: collector-errors, collector-outcomes, api, cleanup shared it; services here
    // share no volumes.
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    'collector-errors': {
      image: process.env.COLLECTOR_IMAGE ?? '',
      command: ['collect', '--kind', 'errors', '--group', 'all errors'],
      env: {
        CLICKHOUSE_HOST: ref('clickhouse.host'),
        CLICKHOUSE_PORT: ref('clickhouse.http9000.port'),
        BROKERS: [
          ref('kafka.host'),
          ':',
          ref('kafka.port'),
          ',',
          ref('kafka.kafka29092.host'),
          ':',
          ref('kafka.kafka29092.port'),
        ],
        REDIS_HOST: ref('redis.host'),
        REDIS_PORT: ref('redis.port'),
      },
    },
    // volume spool: collector-errors, collector-outcomes, api, cleanup shared it; services here
    // share no volumes.
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    'collector-outcomes': {
      image: process.env.COLLECTOR_IMAGE ?? '',
      command: ['collect', '--kind', 'outcomes'],
      env: {
        CLICKHOUSE_HOST: ref('clickhouse.host'),
        CLICKHOUSE_PORT: ref('clickhouse.http9000.port'),
        BROKERS: [
          ref('kafka.host'),
          ':',
          ref('kafka.port'),
          ',',
          ref('kafka.kafka29092.host'),
          ':',
          ref('kafka.kafka29092.port'),
        ],
        REDIS_HOST: ref('redis.host'),
        REDIS_PORT: ref('redis.port'),
      },
    },
    // volume spool: collector-errors, collector-outcomes, api, cleanup shared it; services here
    // share no volumes.
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    api: {
      image: process.env.COLLECTOR_IMAGE ?? '',
      command: ['api', '--listen', '0.0.0.0:1218'],
      ports: { http: 1218, udp8125: { port: 8125, protocol: 'udp', scheme: 'udp' } },
      env: {
        CLICKHOUSE_HOST: ref('clickhouse.host'),
        CLICKHOUSE_PORT: ref('clickhouse.http9000.port'),
        BROKERS: [
          ref('kafka.host'),
          ':',
          ref('kafka.port'),
          ',',
          ref('kafka.kafka29092.host'),
          ':',
          ref('kafka.kafka29092.port'),
        ],
        REDIS_HOST: ref('redis.host'),
        REDIS_PORT: ref('redis.port'),
      },
      ready: exec([
        '/bin/bash',
        '-c',
        'exec 3<>/dev/tcp/127.0.0.1/1218 && echo -e "GET /_health/ HTTP/1.1\\r\\nhost: 127.0.0.1\\r\\n\\r\\n" >&3 && grep ok -s -m 1 <&3',
      ]),
      readyTimeoutMs: 300_000,
    },
    // volume spool: collector-errors, collector-outcomes, api, cleanup shared it; services here
    // share no volumes.
    // restart: what ends stays ended, so that tests see it.
    // pull_policy: an image is pulled when it is not there.
    // healthcheck.disable: where the image has a health check, it decides about readiness unless
    // `ready` says otherwise.
    cleanup: {
      image: process.env.COLLECTOR_IMAGE ?? '',
      entrypoint: ['/bin/sh', '-c'],
      command: [`while :; do cleanup --days ${process.env.RETENTION || '90'}; sleep 86400; done`],
      env: {
        CLICKHOUSE_HOST: ref('clickhouse.host'),
        CLICKHOUSE_PORT: ref('clickhouse.http9000.port'),
        BROKERS: [
          ref('kafka.host'),
          ':',
          ref('kafka.port'),
          ',',
          ref('kafka.kafka29092.host'),
          ':',
          ref('kafka.kafka29092.port'),
        ],
        REDIS_HOST: ref('redis.host'),
        REDIS_PORT: ref('redis.port'),
      },
    },
  },
})

/** Without the profile 'complete'. */
export const withoutComplete = topology.without('collector-outcomes')
