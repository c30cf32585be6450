import { mailhog } from '@mesocosm/mailhog'
import { expect, test } from './shop.ts'

// #region tour
test('a tour of what a test can do', async ({ api, worker, db, mail, files, lane }) => {
  await api.exec.createAdmin({ email: 'ann@example.test' }) // a command of the service, with typed arguments
  await db.query('select 1') // SQL in the lane's own database
  await api.run(['ls', '-l'], { user: 'root' }) // any program, any user

  await api.withEnv({ SIGNUP: 'open' }, async () => {
    // recreated with the new environment at the same address, and ready; undone afterwards
    await fetch(`${api.http.url}/signup`, { method: 'POST', body: '{"email":"bob@example.test"}' })
  })
  const message = await mail.waitForMessage({ to: 'bob@example.test' }) // a mail that the service sent
  expect(message.code(/\d{6}/)).toMatch(/^\d{6}$/)
  await files.put('invoices', '1.pdf', 'paid') // S3: also get, list, presign, waitForObject

  await worker.stop() // also start, restart, kill, pause, unpause
  await lane.step('order while the worker is down', async () => {
    await fetch(`${api.http.url}/orders`, { method: 'POST', body: '{"item":"tea"}' })
  })
  await worker.start()
  await worker.logs.waitFor(/order \d+ done/)

  await lane.disconnect('pricing') // off the network, and back
  await lane.connect('pricing')
  await using outbox = await lane.add('outbox', mailhog({ server: 'bundled' })) // another service, added at run time
  await using rival = await lane.add('rival', { build: './pricing', ports: { http: 8000 } })
  expect((await fetch(`${rival.http.url}/price?item=tea`)).status).toBe(200)
  expect(await outbox.messages()).toEqual([])
})
// #endregion
