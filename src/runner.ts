/* The door `mesocosm/runner`: what integrations of test runners are made of. */
import './errors/require-node.ts'

export { assumeDebuggerOpen } from './call/debugger-open.ts'
export { type OpenLane, openLane } from './client/lane/open-lane.ts'
export type { StepRunner } from './client/record/step-runner.ts'
export type { Handles } from './define/handle-types.ts'
export type { Lane, LeaseOptions } from './define/lane.ts'
export type { MatcherArguments, MesocosmMatchers } from './define/matchers.ts'
export type { AnyTopology, ServiceName, ServicesOf } from './define/topology.ts'
export { isDebugging, onDebuggerPause, testTimer } from './runner/debugging.ts'
export type { FileTurns, FileUser } from './runner/file-turns.ts'
export {
  type FixtureNames,
  fixturesIn,
  fixturesOf,
  setUpFixtures,
} from './runner/fixtures.ts'
export { createMatchers, type MatcherFunction } from './runner/matchers/create-matchers.ts'
export type { JudgeContext, Verdict } from './runner/matchers/judge.ts'
export type { LaneOptions, RunnerOptions } from './runner/options.ts'
export { destructured, mentioned } from './runner/parameters.ts'
export { openRunRecord, type RunRecord } from './runner/run-record.ts'
export {
  type FailureReport,
  openRunnerSession,
  type RunnerFile,
  type RunnerSession,
  type RunnerTest,
  type RunningTest,
  type TestAttempt,
  type TestTimes,
} from './runner/session.ts'
export {
  createTestLedger,
  type LedgerOutcome,
  type LedgerTest,
  type TestLedger,
} from './runner/test-ledger.ts'
export { beginTest, type TestFacts, type TestResult, type TestScope } from './runner/test-scope.ts'
export { timerLimit } from './runner/timer-limit.ts'
export { testIdOf } from './trace/event/test-id.ts'
