import type { ObservedService, ObservedState } from './desired.ts'
import type { Plan } from './plan.ts'
import { createStepList, type StepList } from './step-list.ts'

/**
 * Returns the plan that removes everything by force: programs in parallel, each sandbox after the programs that have
 * joined it, which engines may demand, then the network.
 */
export const teardown = (observed: ObservedState, group: string): Plan => {
  const list = createStepList()
  const removed = Object.entries(observed.services).flatMap(
    ([service, { program, sandbox, outgoing }]) => {
      const programs = [...(program === undefined ? [] : [program.id]), ...(outgoing ?? [])].map(
        (container) => list.add({ do: 'remove program', service, container }, [], 'teardown'),
      )
      if (sandbox === undefined) return programs
      const action = { do: 'remove sandbox', service, container: sandbox.id } as const
      return [list.add(action, programs, 'teardown')]
    },
  )
  if (observed.network !== undefined) {
    list.add({ do: 'remove network', network: observed.network }, removed, 'teardown')
  }
  return { group, steps: list.steps }
}

/** Adds the steps that remove a service that is no longer wanted; returns the ids of its last steps. */
export const removeService = (
  list: StepList,
  service: string,
  { program, sandbox, outgoing }: ObservedService,
): number[] => {
  const cause = 'no longer wanted'
  const removed = (outgoing ?? []).map((container) =>
    list.add({ do: 'remove program', service, container }, [], cause),
  )
  if (program !== undefined) {
    const alive = program.status === 'running' || program.status === 'paused'
    const stop = { do: 'stop program', service, container: program.id, graceMs: 0 } as const
    const stopped = alive ? list.add(stop, [], cause) : undefined
    removed.push(
      list.add({ do: 'remove program', service, container: program.id }, [stopped], cause),
    )
  }
  if (sandbox === undefined) return removed
  return [list.add({ do: 'remove sandbox', service, container: sandbox.id }, removed, cause)]
}
