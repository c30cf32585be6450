import type { TestAttempt } from 'mesocosm/runner'
import type { RunnerTestCase, TestArtifactBase } from 'vitest'

/** Artifact of a failed test, for reporters: what explains the failure, and where its report is. */
export interface TraceArtifact extends TestArtifactBase {
  /** Says what it is. */
  readonly type: 'mesocosm:trace'
  /** `file:` URL of the test in the report of the run; absent if none is kept. */
  readonly link?: string
  /** What the error ends with, as Markdown. */
  readonly markdown: string
}

declare module 'vitest' {
  interface TestArtifactRegistry {
    'mesocosm:trace': TraceArtifact
  }
}

/** Records what explains the failure of a test as an artifact. Never rejects: the error has the same. */
export const recordFailure = async (
  task: object,
  { failure }: Pick<TestAttempt<never>, 'failure'>,
): Promise<void> => {
  if (failure === undefined) return
  try {
    // Vitest has it only where tests run; this module is loaded elsewhere as well.
    const { recordArtifact } = await import('vitest')
    await recordArtifact(task as RunnerTestCase, { type: 'mesocosm:trace', ...failure })
  } catch {
    // The runner of the project takes no artifacts.
  }
}
