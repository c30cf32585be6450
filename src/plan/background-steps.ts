import type { DesiredState } from './desired.ts'
import type { Plan } from './plan.ts'

/**
 * Ids of the steps that only tidy up behind a change: a replaced program's removal. The change is whole without
 * them, so whoever asked for it need not wait.
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
