import { untilGo } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'

// Leases a lane and releases it when the test says so.
const go = untilGo('release')
await using _ = await leaseAndTell()
await go
