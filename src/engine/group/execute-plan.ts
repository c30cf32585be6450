import type { Plan, Step } from '../../plan/plan.ts'

/** How one step ended. */
export type StepOutcome =
  | { readonly step: Step; readonly status: 'done'; readonly ms: number }
  | { readonly step: Step; readonly status: 'failed'; readonly ms: number; readonly error: unknown }
  /** Not tried because a step before it failed. */
  | { readonly step: Step; readonly status: 'blocked'; readonly by: Step }

/** Executes a plan and waits for all steps. */
export const executePlan = async (
  plan: Plan,
  perform: (step: Step) => Promise<void>,
): Promise<readonly StepOutcome[]> => Promise.all(startPlan(plan, perform).values())

/**
 * Executes a plan: each step starts as soon as all steps before it are done, in parallel with steps that it does not
 * depend on. Returns the outcome of every step by its id; outcomes never reject.
 */
export const startPlan = (
  plan: Plan,
  perform: (step: Step) => Promise<void>,
): ReadonlyMap<number, Promise<StepOutcome>> => {
  const outcomes = new Map<number, Promise<StepOutcome>>()
  const run = async (step: Step): Promise<StepOutcome> => {
    for (const before of await Promise.all(step.after.map((id) => outcomes.get(id)))) {
      if (before === undefined || before.status === 'done') continue
      return { step, status: 'blocked', by: before.status === 'blocked' ? before.by : before.step }
    }
    const start = performance.now()
    try {
      await perform(step)
      return { step, status: 'done', ms: performance.now() - start }
    } catch (error) {
      return { step, status: 'failed', ms: performance.now() - start, error }
    }
  }
  // A plan lists a step after those it waits for, so their outcomes are known here.
  for (const step of plan.steps) outcomes.set(step.id, run(step))
  return outcomes
}
