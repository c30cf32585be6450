import { tell } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Changes an environment again and again.
const lane = await leaseAndTell()
tell('changing')
for (let round = 0; ; round++) await lane.services.api.setEnv({ GREETING: `round ${round}` })
