import type { DesiredState } from './desired.ts'
import type { Plan } from './plan.ts'

/**
 * Returns the ids of steps that only clean up after a change: removals of replaced programs. Callers need not wait
 * for them.
 */
export const backgroundSteps = (plan: Plan, desired: DesiredState): ReadonlySet<number> => {
  const awaited = new Set(plan.steps.flatMap(({ after }) => after))
  return new Set(
    plan.steps
      .filter(
        (step) =>
          step.do === 'remove program' &&
          desired.services[step.service] !== undefined &&
          !awaited.has(step.id),
      )
      .map(({ id }) => id),
  )
}
