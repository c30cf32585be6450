import { defineTopology } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { app } from '../../lib/app.ts'
import { tell, tellOutcome, untilGo } from '../../lib/script.ts'

// Leases a lane, waits until the engine is gone, and tells what every further step gives.
const gone = untilGo('engine gone')
const root = process.argv[2] as string
const { lane, link } = await openLane(
  defineTopology({ name: 'faults', root, services: { api: { ...app, env: { GREETING: '' } } } }),
)
tell('leased', { run: link.session.facts.run })
const { api } = lane.services
await Promise.all([tellOutcome('waiting call', () => api.run(['sleep', '30'])), gone])
await tellOutcome('later call', () => api.withEnv({ GREETING: 'changed' }))
await tellOutcome('release', () => lane.release())
