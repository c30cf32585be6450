import { expect, test } from './shop.ts'

// #region matchers
test('sign-up sends a mail with a link', async ({ api, mail, files }) => {
  await using _ = await api.withEnv({ SIGNUP: 'open' })
  await api.http.fetch('/signup', { method: 'POST', body: '{"email":"ann@example.test"}' })

  await expect(mail).toHaveReceived({ to: 'ann@example.test', subject: expect.stringMatching(/./) })
  await expect(api.logs).toContainLine(/POST \/signup/)
  await expect(files).not.toHaveObject('invoices', /\.pdf$/)
  await expect(mail).not.toHaveReceived({ to: 'eve@example.test' }, { duringMs: 50 })
})
// #endregion

// #region fetch
test('a closed sign-up is refused', async ({ api }) => {
  const response = await api.http.fetch('/signup', { method: 'POST', body: '{"email":"a@b.co"}' })
  expect(response.status).toBe(403)
})
// #endregion
