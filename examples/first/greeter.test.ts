import { createTest } from '@mesocosm/vitest'
import { topology } from './topology.ts'

const { test, expect } = createTest(topology)

test('the greeter answers with the greeting of its environment', async ({ greeter, db }) => {
  const greet = async () => (await fetch(greeter.http.url)).text()
  expect(await greet()).toBe('hello')
  await greeter.withEnv({ GREETING: 'ahoy' }, async () => expect(await greet()).toBe('ahoy'))
  expect(await db.query('select name from guests')).toEqual([{ name: 'Ada' }])
})
