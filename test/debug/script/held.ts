import { openLane } from 'mesocosm/runner'
import { tell, untilGo } from '../../lib/script.ts'
import { topology } from './topology.ts'

// Holds a connection to the run, without a lane of its own, until the test says so.
const go = untilGo('on')
const open = await openLane(topology, { services: [] })
tell('connected', { run: open.link.session.facts.run })
await go
await open.release('light')
