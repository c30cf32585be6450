import { matcherNames } from '../../define/matcher-names.ts'
import type { AnyTopology } from '../../define/topology.ts'
import { type JudgeContext, judge, type Verdict } from './judge.ts'
import { expectationFor } from './receiver.ts'

/** A matcher, as `expect.extend` of Vitest, Jest, Playwright and Bun takes it. */
export type MatcherFunction = (
  this: JudgeContext,
  received: unknown,
  ...args: unknown[]
) => Promise<Verdict>

/**
 * Returns the matchers by name, for `expect.extend`: `toContainLine`, and those of all plugins that this process has
 * loaded. Their types are {@link MesocosmMatchers}.
 *
 * Each waits until the expectation holds, at most `timeoutMs`. With `.not` it fails if it finds what matches now; with
 * `duringMs` also what arrives in that time; what can go away, such as objects, it waits for to be gone. Errors other
 * than a failed expectation, such as a service that does not answer with `.not`, are thrown.
 *
 * @param topology whose services are named to callers who passed another value than the matcher takes.
 */
export const createMatchers = (topology: AnyTopology): Readonly<Record<string, MatcherFunction>> =>
  Object.fromEntries(
    matcherNames().map((name): [string, MatcherFunction] => [
      name,
      // A runner passes its state as `this`.
      async function (received, ...args) {
        const { expectation, receiver } = expectationFor({ name, topology, received, args })
        return judge({ call: { name, receiver }, expectation, context: this })
      },
    ]),
  )
