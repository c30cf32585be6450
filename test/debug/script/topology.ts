import { defineTopology } from 'mesocosm'
import { app } from '../../lib/app.ts'

/** One service that is ready at once, and one that takes longer than it may. */
export const topology = defineTopology({
  name: 'debugged',
  root: process.argv[2] as string,
  services: {
    quick: app,
    slow: { ...app, env: { BOOT_MS: 4_000 }, readyTimeoutMs: 1_000 },
  },
})
