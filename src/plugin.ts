/*
 * The door of `mesocosm/plugin`: what the methods of plugins' handles are made of. `definePlugin` is in `mesocosm`,
 * the contract that every plugin passes in `mesocosm/testing`.
 */
import './errors/require-node.ts'

export { aborted, type Evidence, type WaitLimits } from './call/deadline.ts'
export { limitSignal } from './call/limit-signal.ts'
export { type EvidenceSource, withTimeout } from './call/with-timeout.ts'
export { callerFolder } from './define/call-site.ts'
export type {
  Capture,
  CapturedAttachment,
  CapturedMail,
  CapturedObject,
} from './define/capture.ts'
export {
  type Expectable,
  type Expectation,
  type Expectations,
  type ExpectOptions,
  expectations,
} from './define/expectations.ts'
export { type ScopedMethod, scoped } from './define/scoped.ts'
export { isError } from './errors/is-error.ts'
export {
  type AsymmetricMatcher,
  asymmetricWords,
  expectedTypeOf,
  isAsymmetric,
} from './model/asymmetric-matcher.ts'
export { textMatcher, withoutPosition } from './model/text-matcher.ts'
export type { ArrivalWords } from './plugin/kit/arrival-evidence.ts'
export { type Arrivals, type ArrivalsOptions, createArrivals } from './plugin/kit/arrivals.ts'
export type { ConnectionSource } from './plugin/kit/connection-slot.ts'
export {
  type KeepOptions,
  type KeptConnection,
  keepConnection,
} from './plugin/kit/keep-connection.ts'
export { type Match, type Matcher, matcherOf } from './plugin/kit/match.ts'
export { type PollOptions, pollArrivals } from './plugin/kit/poll-arrivals.ts'
export { type RequestWords, sendRequest } from './plugin/kit/send-request.ts'
export { unreachable } from './plugin/kit/unreachable.ts'
