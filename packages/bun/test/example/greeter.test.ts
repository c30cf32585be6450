import assert from 'node:assert/strict'
import { createTest } from '@mesocosm/bun'
import { topology } from './topology.ts'

const { test, describe } = createTest(topology)

describe('the greeter', () => {
  test('answers with the greeting of its environment', async ({ greeter }) => {
    const greet = async () => (await fetch(greeter.http.url)).text()
    assert.equal(await greet(), 'hello')
    await greeter.withEnv({ GREETING: 'ahoy' }, async () => assert.equal(await greet(), 'ahoy'))
  })
})
