import { expect, test } from 'vitest'
import { withTelemetryEnv } from './telemetry-env.ts'

const source = { service: 'api', lane: 'lane_1', run: 'r-1' }

test('SDKs of OpenTelemetry find the run, and who they are', () => {
  expect(withTelemetryEnv({ PORT: '1' }, {}, source)).toEqual({
    PORT: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mesocosm-telemetry:4318',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_SERVICE_NAME: 'api',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
    OTEL_RESOURCE_ATTRIBUTES: 'mesocosm.service=api,mesocosm.lane=lane_1,mesocosm.run=r-1',
  })
})

test('what the service or its image sets stays, and attributes of the resource are joined', () => {
  const set = { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'team=a' }
  const image = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_RESOURCE_ATTRIBUTES: 'team=b' }
  const env = withTelemetryEnv(set, image, source)
  expect(env).toMatchObject({ OTEL_SERVICE_NAME: 'shop' })
  expect(env.OTEL_RESOURCE_ATTRIBUTES).toMatch(/^team=a,mesocosm\.service=api,/)
  expect(env).not.toHaveProperty('OTEL_BSP_SCHEDULE_DELAY')
  expect(withTelemetryEnv({}, image, source).OTEL_RESOURCE_ATTRIBUTES).toMatch(/^team=b,mesocosm/)
})
