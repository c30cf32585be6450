// Created from docker-compose.yml by `mesocosm init`. Edit it as you like; it is not generated
// again.
// Comments above a service list the Compose keys that were not carried over, and why.
// Services are published on free ports of the host; read them from the handle of a service.
import { defineTopology, exec, http, ref, tcp } from 'mesocosm'

export const topology = defineTopology({
  name: 'analytics',
  services: {
    // volume redis: the data of a service lives as long as its lane.
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
    redis: {
      image: 'valkey/valkey:8-alpine',
      ports: { redis: 6379 },
      ready: tcp(),
      readyTimeoutMs: 300_000,
    },
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
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
      ulimits: { nofile: { soft: 4096, hard: 4096 } },
    },
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
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
      ulimits: { nofile: { soft: 262_144, hard: 262_144 } },
    },
    // volume spool: shared by collector-errors, collector-outcomes, api, cleanup; services cannot
    // share volumes.
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
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
    // volume spool: shared by collector-errors, collector-outcomes, api, cleanup; services cannot
    // share volumes.
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
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
    // volume spool: shared by collector-errors, collector-outcomes, api, cleanup; services cannot
    // share volumes.
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
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
    // volume spool: shared by collector-errors, collector-outcomes, api, cleanup; services cannot
    // share volumes.
    // restart: services are not restarted, so that tests notice a crash.
    // pull_policy: images are pulled if missing.
    // healthcheck.disable: if the image has a health check, it is still used; set `ready` to
    // replace it.
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

/** Without the services of profile 'complete'. */
export const withoutComplete = topology.without('collector-outcomes')
