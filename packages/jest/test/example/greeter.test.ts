import { expect } from '@jest/globals'
import { createTest } from '@mesocosm/jest'
import { topology } from './topology.ts'

const { test } = createTest(topology)

test('the greeter answers with the greeting of its environment', async ({ greeter }) => {
  const greet = async () => (await fetch(greeter.http.url)).text()
  expect(await greet()).toBe('hello')
  await greeter.withEnv({ GREETING: 'ahoy' }, async () => expect(await greet()).toBe('ahoy'))
})
