import { openLane } from 'mesocosm/runner'
import { tell, tellOutcome } from '../../lib/script.ts'
import { leaseAndTell } from './lane.ts'
import { topology } from './topology.ts'

// Waits for a call while its supervisor is killed, then reports the outcome of every further step.
const lane = await leaseAndTell()
const { api } = lane.services
await tellOutcome('waiting call', () => api.run(['sleep', '30']))
await tellOutcome('later call', () => api.run(['true']))
await tellOutcome('release', () => lane.release())
const again = await openLane(topology)
tell('second run', { value: again.link.session.facts.run })
await again.release()
