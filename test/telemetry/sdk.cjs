/* What `node --require` loads before the program: OpenTelemetry as its documentation has it, nothing of Mesocosm. */
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg')

new NodeSDK({ instrumentations: [new HttpInstrumentation(), new PgInstrumentation()] }).start()
