import { untilGo } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Leases a lane and gives it back when told to.
const go = untilGo('release')
await using _ = await leaseAndTell()
await go
