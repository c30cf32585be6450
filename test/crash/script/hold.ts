import { forever, tell } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Holds a lane in a changed environment until it is killed.
const lane = await leaseAndTell()
await lane.services.api.withEnv({ GREETING: 'changed' }, async () => {
  tell('changed')
  await forever()
})
