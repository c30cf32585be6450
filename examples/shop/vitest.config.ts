import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Copies the services' packages into their build folders.
    globalSetup: ['./install-services.ts'],
    include: ['test/**/*.test.ts'],
    // Each worker has its own lane, so files run in parallel.
    maxWorkers: 2,
  },
})
