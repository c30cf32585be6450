import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { held, heldTopology, holdSource, nothingLeft } from '../../../test/lib/interrupted.ts'
import { openRunnerProject, type RunnerProject } from '../../../test/lib/runner-project.ts'

/* Nothing is left of a run that is interrupted while a test uses a service. */

const files = {
  'topology.ts': heldTopology,
  'held.test.js': `import { createTest } from '@mesocosm/node-test'
import { topology } from './topology.ts'
const { test } = createTest(topology)
test('holds', async ({ api }) => {
${holdSource}
})
`,
}

let project: RunnerProject

beforeAll(async () => {
  vi.stubEnv('MESOCOSM_GRACE_MS', '300')
  project = await openRunnerProject(['.', 'packages/node-test'], files)
})
afterAll(() => {
  vi.unstubAllEnvs()
  project[Symbol.dispose]()
})

test.for([
  ['SIGINT', 'runner'],
  ['SIGTERM', 'runner'],
  ['SIGKILL', 'runner'],
  ['SIGKILL', 'process of the file'],
] as const)('%s of the %s leaves nothing behind', async ([signal, whom]) => {
  const runner = project.start('--test', 'held.test.js')
  const file = await held(project, runner)
  process.kill(whom === 'runner' ? (runner.child.pid as number) : file, signal)
  await runner.ended
  expect(await nothingLeft(project)).toBeGreaterThan(0)
})
