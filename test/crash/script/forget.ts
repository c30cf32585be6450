import { leaseAndTell } from './lane.ts'

// Leases a lane and neither uses nor releases it.
await leaseAndTell()
