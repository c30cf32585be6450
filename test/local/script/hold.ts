import { openLane } from 'mesocosm/runner'
import { forever, tell } from '../../lib/script.ts'
import { declare } from '../topology.ts'

// Holds a lane of processes until it is killed.
const { lane, link } = await openLane(declare(process.argv[2] as string), {})
const { run, pid } = link.session.facts
tell('leased', { run, supervisor: pid, url: lane.services.api.http.url })
await forever()
