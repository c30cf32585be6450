import { test } from '@playwright/test'
import type { StepRunner } from 'mesocosm/runner'

/** Runs a call of a handle as a boxed step of the running test, so that its errors point to the line of the test. */
export const runStep: StepRunner = async (title, work) =>
  isRunning() ? await test.step(title, work, { box: true }) : await work()

// ---

/** Playwright says so only by an error. */
const isRunning = (): boolean => {
  try {
    return test.info() !== undefined
  } catch {
    return false
  }
}
