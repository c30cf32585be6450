import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { held, heldTopology, holdSource, nothingLeft } from '../../../test/lib/interrupted.ts'
import { openRunnerProject, type RunnerProject } from '../../../test/lib/runner-project.ts'

/* Nothing is left of a run that is interrupted while a test uses a service. */

const files = {
  'topology.ts': heldTopology,
  'held.js': `import { createTest } from '@mesocosm/mocha'
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
  project = await openRunnerProject(['.', 'packages/mocha'], files)
})
afterAll(() => {
  vi.unstubAllEnvs()
  project[Symbol.dispose]()
})

test.for([
  ['SIGINT', 'the process', []],
  ['SIGTERM', 'the process', []],
  ['SIGKILL', 'the process', []],
  ['SIGINT', 'the runner of workers', ['--parallel']],
  ['SIGKILL', 'the runner of workers', ['--parallel']],
  ['SIGKILL', 'a worker', ['--parallel']],
] as const)('%s of %s leaves nothing behind', async ([signal, whom, args]) => {
  const runner = project.start('node_modules/mocha/bin/mocha.js', ...args, 'held.js')
  const worker = await held(project, runner)
  process.kill(whom === 'a worker' ? worker : (runner.child.pid as number), signal)
  await runner.ended
  expect(await nothingLeft(project)).toBeGreaterThan(0)
})
