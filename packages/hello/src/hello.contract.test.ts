import { pluginContract } from 'mesocosm/testing'
import { hello } from './index.ts'

pluginContract({
  name: 'hello',
  module: new URL('./index.ts', import.meta.url),
  make: () => hello(),
  use: (service) => service.guests(),
  data: {
    write: (service, mark) => service.greet(mark),
    read: (service) => service.guests(),
  },
  waits: {
    greet: (service, options) => service.greet('Ada', options),
    guests: (service, options) => service.guests(options),
  },
})
