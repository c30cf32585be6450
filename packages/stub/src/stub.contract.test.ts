import { pluginContract } from 'mesocosm/testing'
import { stub } from './index.ts'

const openapi = new URL('../test/documents/payments.openapi.yaml', import.meta.url)

for (const share of ['lane', 'run'] as const)
  pluginContract({
    name: share === 'lane' ? 'stub' : 'stub on a shared server',
    module: new URL('./index.ts', import.meta.url),
    make: () => stub({ openapi, share }),
    use: (payments) => payments.received(),
    data: {
      write: (payments, mark) => fetch(`${payments.url}/charges/${mark}`),
      read: async (payments) =>
        (await payments.received()).map(({ path }) => path.replace('/charges/', '')),
    },
    waits: {
      on: (payments, options) => payments.on('getCharge', () => ({}), options),
      fail: (payments, options) => payments.fail('getCharge', { status: 503 }, options),
      received: (payments, options) => payments.received(undefined, options),
      waitForRequest: (payments, options) => payments.waitForRequest({ path: '/never' }, options),
      violations: (payments, options) => payments.violations(options),
      send: (payments, options) =>
        payments.send('charge.paid', { to: 'http://127.0.0.1:1/', ...options }),
      clear: (payments, options) => payments.clear(options),
    },
  })
