import { defineConfig } from 'vitest/config'

/** Tests that fail on purpose, to see what a failure looks like: `npx vitest run --config vitest.failing.config.ts`. */
export default defineConfig({
  test: {
    globalSetup: ['./install-services.ts'],
    include: ['failing/**/*.test.ts'],
    maxWorkers: 1,
  },
})
