import { compile } from '../client/lane/compile.ts'
import { planFresh } from './plan-fresh.ts'
import { type Project, topologyOf } from './project.ts'
import { observeRun, ownRun } from './runs.ts'

/** What `up` would do. */
export interface UpPlan {
  /** Name of the topology. */
  readonly topology: string
  /** Whether the steps start from a live run. */
  readonly from: 'nothing' | 'run'
  /** One line per step, with its cause, under the name of its group. */
  readonly text: string
}

/**
 * Plans what `up` would do, without doing it. A live run pulls or builds images to compare them; without one no
 * engine is needed.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` with every fault.
 */
export const planUp = async (project: Project): Promise<UpPlan> => {
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
