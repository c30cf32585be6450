import { openLane } from 'mesocosm/runner'
import { topology } from '../../../examples/shop/topology.ts'
import { forever, tell } from '../../lib/script.ts'

// Holds a lane of the shop, until it is killed.
const { lane, link } = await openLane(topology, {})
tell('leased', { supervisor: link.session.facts.pid, url: lane.services.db.url })
await forever()
