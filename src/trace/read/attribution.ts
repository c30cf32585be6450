/**
 * How it is known which test a log line or a span of a service belongs to:
 *
 * - `exact`: its container served one lane, in which this test alone ran;
 * - `key`: the line names the lane, by its database, virtual host or address;
 * - `trace`: it carries the trace id of the test;
 * - `window`: several tests ran at that time, and it may belong to each of them;
 * - `gap`: no test ran; it is shown with the tests before and after it.
 */
export type AttributionHow = 'exact' | 'key' | 'trace' | 'window' | 'gap'

/** The tests to which a line may belong, as positions in the list of attempts. */
export interface Attribution {
  /** How that is known. */
  readonly how: AttributionHow
  /** Positions in the list of attempts, in the order of their starts; two of them around a gap. */
  readonly tests: readonly number[]
}
