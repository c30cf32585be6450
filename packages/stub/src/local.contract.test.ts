import { pluginContract } from 'mesocosm/testing'
import { stub } from './index.ts'

const openapi = new URL('../test/documents/payments.openapi.yaml', import.meta.url)

pluginContract({
  name: 'stub as a process, shared',
  runtime: 'local',
  module: new URL('./index.ts', import.meta.url),
  make: () => stub({ openapi, share: 'run' }),
  use: (payments) => payments.received(),
  data: {
    write: (payments, mark) => fetch(`${payments.url}/charges/${mark}`),
    read: async (payments) =>
      (await payments.received()).map(({ path }) => path.replace('/charges/', '')),
  },
  waits: {
    received: (payments, options) => payments.received(undefined, options),
    waitForRequest: (payments, options) => payments.waitForRequest({ path: '/never' }, options),
  },
})
