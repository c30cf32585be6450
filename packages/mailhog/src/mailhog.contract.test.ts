import { pluginContract } from 'mesocosm/testing'
import { sender } from '../test/mail-fixture.ts'
import { mailhog } from './index.ts'

pluginContract({
  name: 'mailhog',
  module: new URL('./index.ts', import.meta.url),
  make: () => mailhog({ server: 'bundled' }),
  use: (mail) => mail.messages(),
  data: {
    async write({ smtp }, mark) {
      const { send, end } = sender(smtp.port, smtp.host)
      try {
        await send({ subject: mark, text: 'x' })
      } finally {
        end()
      }
    },
    read: async (mail) => (await mail.messages()).map(({ subject }) => subject),
  },
  waits: {
    messages: (mail, options) => mail.messages({}, options),
    waitForMessage: (mail, options) => mail.waitForMessage({ to: /unknown/ }, options),
    search: (mail, options) => mail.search('nothing', options),
    clear: (mail, options) => mail.clear(options),
    chaos: (mail, options) => mail.chaos({}, options),
  },
})
