import { envOf } from '../../lib/app.ts'
import { tell } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Leases a lane, reports the environment that its api runs with, and releases the lane.
await using lane = await leaseAndTell()
const { GREETING } = await envOf(lane.services.api)
tell('found', { running: GREETING, handle: lane.services.api.env.GREETING })
