import { envOf } from '../../lib/app.ts'
import { tell } from '../../lib/script.ts'
import { expect, test } from './topology.ts'

test('the next worker finds the declared environment', async ({ api, lane }) => {
  expect(api.env.GREETING).toBe('hello')
  expect(await envOf(api)).toMatchObject({ GREETING: 'hello' })
  tell('next', { lane: lane.name, url: api.http.url })
})
