import assert from 'node:assert/strict'
import { createTest } from '@mesocosm/mocha'
import { topology } from './topology.ts'

const { it } = createTest(topology)

describe('the greeter', () => {
  it('answers with the greeting of its environment', async function ({ greeter }) {
    this.retries(1)
    const greet = async () => (await fetch(greeter.http.url)).text()
    assert.equal(await greet(), 'hello')
    await greeter.withEnv({ GREETING: 'ahoy' }, async () => assert.equal(await greet(), 'ahoy'))
  })
})
