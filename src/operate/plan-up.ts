import { compile } from '../client/compile.ts'
import { planFresh } from './plan-fresh.ts'
import { type Project, topologyOf } from './project.ts'
import { observeRun, ownRun } from './runs.ts'

/** What `bringUp` would do. */
export interface PlannedUp {
  readonly topology: string
  /** Whether there is something already that the steps start from. */
  readonly from: 'nothing' | 'run'
  /** One line a step, with its cause; groups are headed by their names. */
  readonly text: string
}

/**
 * What would be done, and why, without doing it. Where a run is up it is asked, and makes images present to
 * compare them; otherwise no engine is needed.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` with every fault.
 */
export const planUp = async (project: Project): Promise<PlannedUp> => {
  const topology = topologyOf(project)
  const spec = await compile(topology)
  const run = await observeRun(project.root, ownRun())
  try {
    const { text } = (await run?.session.caller.call('plan', { spec })) ?? {}
    if (text !== undefined) return { topology: spec.name, from: 'run', text }
  } finally {
    run?.session.caller.close()
  }
  return { topology: spec.name, from: 'nothing', text: await planFresh(spec) }
}
