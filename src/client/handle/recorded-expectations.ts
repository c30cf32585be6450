import type { Expectation, Expectations } from '../../define/expectations.ts'
import type { LaneLink } from '../lane/lane-link.ts'

/**
 * Returns the same expectations; each is a call of the record while a matcher waits for it.
 *
 * @param explained returns the error to throw for one that is not a failed expectation; default the same.
 */
export const recordedExpectations = <E>(
  link: LaneLink,
  service: string,
  given: E,
  explained: (error: unknown) => unknown = (error) => error,
): E =>
  Object.fromEntries(
    Object.entries(given as Expectations).map(([matcher, create]) => [
      matcher,
      (...args: never[]): Expectation => ({
        ...create(...args),
        recorded: (work) =>
          link.act(`expect.${matcher}`, { service, args }, () =>
            work().catch(async (error: unknown) => {
              throw await explained(error)
            }),
          ),
      }),
    ]),
  ) as E
