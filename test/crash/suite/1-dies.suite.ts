import { tell } from '../../lib/script.ts'
import { test } from './topology.ts'

test('a worker dies in a changed environment', async ({ api, lane }) => {
  await api.withEnv({ GREETING: 'changed' }, () => {
    tell('dying', { lane: lane.name, url: api.http.url })
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => {})
  })
})
