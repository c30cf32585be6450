import { defineTopology } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { app } from '../../lib/app.ts'
import { tell, tellOutcome, untilGo } from '../../lib/script.ts'

// Leases a lane, waits until the engine is gone, and reports the result of every further step.
const gone = untilGo('engine gone')
const root = process.argv[2] as string
const { lane, link } = await openLane(
  defineTopology({
    name: 'faults',
    root,
    services: { api: { ...app, env: { GREETING: '' } }, web: { ...app, env: { BOOT_MS: 0 } } },
  }),
)
const { api, web } = lane.services
const waiting = tellOutcome('waiting call', () =>
  api.run(['sh', '-c', 'echo begun > /proc/1/fd/1; sleep 30']),
)
await api.logs.waitFor('begun')
tell('leased', { run: link.session.facts.run, web: `${lane.name}/web` })
const changing = tellOutcome('waiting change', () => web.withEnv({ BOOT_MS: 60_000 }))
await Promise.all([waiting, changing, gone])
await tellOutcome('later call', () => api.withEnv({ GREETING: 'changed' }))
await tellOutcome('release', () => lane.release())
