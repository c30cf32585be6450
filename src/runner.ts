/* The door `mesocosm/runner`: what integrations of test runners are made of. */
import './errors/require-node.ts'

export { type OpenLane, openLane } from './client/lane/open-lane.ts'
export type { Handles } from './define/handle-types.ts'
export type { Lane, LeaseOptions } from './define/lane.ts'
export type { AnyTopology, ServiceName, ServicesOf } from './define/topology.ts'
export type { LaneOptions, RunnerOptions } from './runner/options.ts'
export {
  openRunnerSession,
  type RunnerFile,
  type RunnerSession,
  type RunnerTest,
  type RunningTest,
  type TestAttempt,
  type TestTimes,
} from './runner/session.ts'
export { testIdOf } from './runner/test-id.ts'
export { beginTest, type TestFacts, type TestResult, type TestScope } from './runner/test-scope.ts'
