import { tellOutcome, untilGo } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Holds a lane, and continues to use it when the test says so.
const go = untilGo('on')
await using lane = await leaseAndTell()
await go
await tellOutcome('went on', async () => {
  const { stdout } = await lane.services.api.run(['printenv', 'GREETING'])
  return stdout.trim()
})
