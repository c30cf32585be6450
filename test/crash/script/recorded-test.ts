import { join } from 'node:path'
import { mailhog } from '@mesocosm/mailhog'
import { defineTopology, http, ref, secret } from 'mesocosm'
import { openRunnerSession } from 'mesocosm/runner'
import { app } from '../../lib/app.ts'
import { forever, tell } from '../../lib/script.ts'

// What a worker of a runner does in the middle of a test: a mail has come, a service was added, calls are under way.
const topology = defineTopology({
  name: 'recorded',
  root: process.argv[2] as string,
  services: {
    mail: mailhog({ server: 'bundled' }),
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '/app.cjs'],
      files: [
        {
          from: join(import.meta.dirname, '../../../packages/mailhog/test/app.cjs'),
          to: '/app.cjs',
        },
      ],
      ports: { http: 3000 },
      ready: http('/health'),
      env: { SMTP_URL: ref('mail.smtp.url'), TOKEN: secret('hush-hush'), GREETING: 'hello' },
    },
  },
})
const session = openRunnerSession(topology, { client: 'killed' })
const file = await session.forFile()
const attempt = await file.beginTest({ file: 'mail.test.ts', titlePath: ['is cut short'] })
const mail = await attempt.use('mail')
const api = await attempt.use('api')
await file.lane.step('send a mail', async () => {
  const query = new URLSearchParams({ to: 'ann@b.co', subject: 'the hush-hush subject' })
  await api.http.fetch(`/send?${query}`)
  await mail.waitForMessage({ to: 'ann@b.co' })
  await file.lane.add('outbox', app)
  await api.setEnv({ GREETING: 'hi' })
  // Records the mail, and hides it from the calls after it.
  await mail.mark()
  const minutes = { timeoutMs: 600_000 }
  void mail.waitForMessage({ to: 'nobody@b.co' }, minutes).catch(() => {})
  void api.run(['sleep', '600'], minutes).catch(() => {})
  tell('under way')
  await forever()
})
