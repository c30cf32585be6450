import { defineConfig } from 'vitest/config'

/** Tests that start containers: a file at a time for each core, so that starts do not starve each other. */
const onTheEngine = { testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 2 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,scripts,packages/*/src}/**/*.test.ts'],
          exclude: ['**/*.{contract,e2e}.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'engine',
          include: ['test/**/*.test.ts', '{src,packages/*/src}/**/*.{contract,e2e}.test.ts'],
          ...onTheEngine,
        },
      },
      'examples/*',
    ],
  },
})
