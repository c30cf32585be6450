import type { Step, StepAction } from './plan.ts'

/** Creates the steps of a plan. Ids count from 1 in the order of adding, so a step only waits for earlier ones. */
export const createStepList = () => {
  const steps: Step[] = []
  return {
    steps: steps as readonly Step[],
    /** @param after ids; `undefined` means a step that this plan lacks. */
    add(action: StepAction, after: readonly (number | undefined)[], cause: string): number {
      const known = after.filter((id): id is number => id !== undefined)
      const id = steps.length + 1
      steps.push({ ...action, id, after: [...new Set(known)].sort((a, b) => a - b), cause })
      return id
    },
  }
}

/** The steps of a plan while it is written. */
export type StepList = ReturnType<typeof createStepList>
