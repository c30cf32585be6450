import type { Address } from '../model/endpoint.ts'
import { telemetryHost } from '../model/telemetry-host.ts'

/** Where services with `telemetry` reach the run, in the networks of their lanes. */
export const telemetryAddress = {
  host: telemetryHost,
  port: 4318,
} as const

/** Who sends, as it is in the resource attributes. */
export interface TelemetrySource {
  readonly service: string
  /** Lane, or group of a server that lanes share. */
  readonly lane: string
  readonly run: string
}

/** Attributes of a resource that say who sends. */
export const telemetryAttributes = {
  service: 'mesocosm.service',
  lane: 'mesocosm.lane',
  run: 'mesocosm.run',
} as const

/**
 * Adds the variables by which SDKs of OpenTelemetry find the run. What is set stays; the attributes of the resource
 * are joined.
 *
 * @param set variables that the service declares.
 * @param image variables that its image sets.
 * @param at where it reaches the run; default the address in the network of its lane.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables
 */
export const withTelemetryEnv = (
  set: Readonly<Record<string, string>>,
  image: Readonly<Record<string, string>>,
  { service, lane, run }: TelemetrySource,
  { host, port }: Address = telemetryAddress,
): Record<string, string> => {
  const own = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_SERVICE_NAME: service,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    // A test is over in less than the default of 5 000 ms.
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
  }
  const unset = Object.entries(own).filter(([name]) => !Object.hasOwn(image, name))
  const attributes = [
    set.OTEL_RESOURCE_ATTRIBUTES ?? image.OTEL_RESOURCE_ATTRIBUTES,
    ...Object.entries({ service, lane, run }).map(
      ([key, value]) =>
        `${telemetryAttributes[key as keyof TelemetrySource]}=${encodeURIComponent(value)}`,
    ),
  ].filter((part) => part !== undefined && part !== '')
  return {
    ...Object.fromEntries(unset),
    ...set,
    OTEL_RESOURCE_ATTRIBUTES: attributes.join(','),
  }
}
