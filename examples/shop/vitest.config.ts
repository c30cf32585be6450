import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Copies the services' packages into their build folders.
    globalSetup: ['./install-services.ts'],
    include: ['test/**/*.test.ts'],
    // The tour uses what only containers have: users of their own, and a network to be disconnected from.
    exclude: process.env.MESOCOSM_RUNTIME === 'local' ? ['test/tour.test.ts'] : [],
    // Each worker has its own lane, so files run in parallel.
    maxWorkers: 2,
  },
})
