import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Puts the services' packages into their build folders.
    globalSetup: ['./install-services.ts'],
    include: ['test/**/*.test.ts'],
    // Each worker has a lane of its own, so files run side by side.
    maxWorkers: 2,
  },
})
