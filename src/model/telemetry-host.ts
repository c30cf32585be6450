/** Host name under which services with `telemetry` reach the run; no service can have it. */
export const telemetryHost = 'mesocosm-telemetry'
