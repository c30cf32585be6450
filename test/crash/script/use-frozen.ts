import { defineTopology } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { app, envOf } from '../../lib/app.ts'
import { tell, tellOutcome, untilGo } from '../../lib/script.ts'

// Leases a lane; calls a supervisor that is frozen, with short limits; then uses the lane again.
const frozen = untilGo('frozen')
const root = process.argv[2] as string
const { lane, link } = await openLane(
  defineTopology({ name: 'crash', root, services: { api: { ...app, env: { ROUND: '0' } } } }),
)
const { api } = lane.services
tell('leased', { run: link.session.facts.run })
await frozen
const timeoutMs = 300
await Promise.all([
  tellOutcome('run', () => api.run(['true'], { timeoutMs })),
  tellOutcome('waitFor', () => api.logs.waitFor('never printed', { timeoutMs })),
  tellOutcome('setEnv', () => api.setEnv({ ROUND: 'frozen' }, { timeoutMs })),
  tellOutcome('restart', () => api.restart({ timeoutMs })),
])
tell('all ended')
await tellOutcome('round', async () => {
  await api.setEnv({ ROUND: 'thawed' })
  return (await envOf(api)).ROUND
})
await tellOutcome('release', () => lane.release())
