import { tellOutcome, untilGo } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Holds a lane, and when told to goes on using it.
const go = untilGo('on')
await using lane = await leaseAndTell()
await go
await tellOutcome('went on', async () => {
  const { stdout } = await lane.services.api.run(['printenv', 'GREETING'])
  return stdout.trim()
})
