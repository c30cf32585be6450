import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../src/disk/names-in.ts'
import { eventually } from './eventually.ts'
import type { RunnerProcess } from './runner-process.ts'
import type { RunnerProject } from './runner-project.ts'
import { cleared } from './sandbox.ts'

/**
 * Source of a test body that uses the service `api`, writes the id of its process to `ready`, and never ends. `timers`
 * keep the process alive.
 */
export const holdSource = `await api.run(['true'])
const { writeFileSync } = await import('node:fs')
writeFileSync('ready', String(process.pid))
await new Promise(() => setInterval(() => {}, 1e6))`

/** Topology of one service, in `topology.ts`. */
export const heldTopology = `import { defineTopology } from 'mesocosm'

export const topology = defineTopology({
  name: 'held',
  services: {
    api: { image: 'node:24-trixie-slim', command: ['node', '-e', 'setInterval(() => {}, 1e6)'], stopTimeoutMs: 0 },
  },
})
`

/** Waits until the test holds its service. Returns the id of the process that runs it. */
export const held = async (project: RunnerProject, runner: RunnerProcess): Promise<number> => {
  const ready = join(project.folder, 'ready')
  const pid = await eventually(() => {
    const written = existsSync(ready) ? readFileSync(ready, 'utf8') : ''
    if (written === '') throw new Error(`the test does not run yet:\n${runner.output()}`)
    return Number(written)
  }, 120_000)
  rmSync(ready)
  return pid
}

/** Waits until nothing of the project's runs is on the engine. Returns how many runs there were. */
export const nothingLeft = async ({ folder }: RunnerProject): Promise<number> => {
  const runs = namesIn(join(folder, '.mesocosm/runs'))
  for (const run of runs) await cleared(run)
  return runs.length
}
