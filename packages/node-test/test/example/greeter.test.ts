import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { createTest } from '@mesocosm/node-test'
import { topology } from './topology.ts'

const { it } = createTest(topology)

describe('the greeter', () => {
  it('answers with the greeting of its environment', async ({ greeter, t }) => {
    const greet = async () => (await fetch(greeter.http.url)).text()
    assert.equal(await greet(), 'hello')
    await t.test('which a test can change', async () => {
      await greeter.withEnv({ GREETING: 'ahoy' }, async () => assert.equal(await greet(), 'ahoy'))
    })
  })
})
