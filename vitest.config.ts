import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Packages of the workspace resolve to `src`: unit tests need no build and never run a stale one. */
const conditions = ['@mesocosm/source', 'node', 'development|production']

/** Tests beside their sources that need an engine. */
const onEngine = '**/*.{contract,e2e}.test.ts'
/** Tests of the repository that read sources only. */
const ofSources = ['test/{readme,remedies,rooms}.test.ts']
/** Tests of the built packages that start no service. */
const ofBuild = [
  'test/{built,import-cost,surface,trace-door}.test.ts',
  'test/{editor,packed,pages}/**/*.test.ts',
]

/** Limits that only end what hangs: a busy machine takes ten times as long as a quiet one. */
const slow = { testTimeout: 240_000, hookTimeout: 240_000 }

/** One file per core, so that compilers do not starve each other. */
const compilers = Math.max(2, availableParallelism())
/** Tests of an engine mostly wait for it. */
const starters = compilers + 1

/** What each project needs before it runs is in `scripts/test-needs.ts`. Projects with other limits run one after the other. */
export default defineConfig({
  test: {
    projects: [
      {
        // Vitest also passes the conditions of `ssr` to Node, for what a test imports natively.
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'unit',
          // Only ends what hangs.
          testTimeout: 60_000,
          include: ['{src,scripts,servers,packages/*/src}/**/*.test.ts', ...ofSources],
          exclude: [onEngine, '**/node_modules/**'],
          // A worker per file costs more than the tests; no module has state that they could share.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'built',
          include: ofBuild,
          ...slow,
          maxWorkers: compilers,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'engine',
          include: ['test/**/*.test.ts', `{src,packages/*/src}/${onEngine}`],
          exclude: [...ofSources, ...ofBuild, '**/node_modules/**'],
          setupFiles: ['test/lib/leak-check.ts'],
          ...slow,
          maxWorkers: starters,
          // Tests count the lanes that they lease, and read what people read.
          env: { MESOCOSM_LANES_AHEAD: '0', MESOCOSM_AGENT: '0' },
          sequence: { groupOrder: 3 },
        },
      },
      'examples/*',
    ],
  },
})
