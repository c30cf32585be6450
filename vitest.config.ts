import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Packages of the workspace resolve to `src`: unit tests need no build and never run a stale one. */
const conditions = ['@mesocosm/source', 'node', 'development|production']

/** Tests that start containers: one file per core, so that starts do not starve each other. */
const onTheEngine = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: Math.max(2, availableParallelism()),
}

export default defineConfig({
  test: {
    projects: [
      {
        // Vitest also passes the conditions of `ssr` to Node, for what a test imports natively.
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'unit',
          include: ['{src,scripts,packages/*/src}/**/*.test.ts'],
          exclude: ['**/*.{contract,e2e}.test.ts', '**/node_modules/**'],
          // A worker per file costs more than the tests; there is no module state that would need it.
          isolate: false,
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
