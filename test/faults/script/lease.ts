import { defineTopology, lease } from 'mesocosm'
import { app } from '../../lib/app.ts'
import { tellOutcome } from '../../lib/script.ts'

// Reports how a lease goes.
await tellOutcome('lease', async () => {
  const root = process.argv[2] as string
  await using lane = await lease(defineTopology({ name: 'faults', root, services: { api: app } }))
  return lane.name
})
