import { pluginContract } from 'mesocosm/testing'
import { sender } from '../test/mail-fixture.ts'
import { mailhog } from './index.ts'

pluginContract({
  name: 'mailhog as a process',
  runtime: 'local',
  module: new URL('./index.ts', import.meta.url),
  make: () => mailhog(),
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
  },
})
