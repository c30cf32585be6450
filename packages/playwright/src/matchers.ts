import type { expect } from '@playwright/test'
import type { MesocosmMatchers } from 'mesocosm'
import type { AsymmetricMatcher } from 'mesocosm/plugin'

// Adds the matchers to the types of `expect`; the one of `createTest` has them.
declare global {
  namespace PlaywrightTest {
    interface Matchers<R, T = unknown> extends MesocosmMatchers<Promise<void>, T> {}
  }
}

/** Playwright's `expect`, whose asymmetric matchers can be given to matchers of services. */
export type TopologyExpect = Asymmetric & typeof expect

// ---

/** Playwright declares them as any object. Overloads come first, so these are taken. */
type Asymmetric = {
  readonly [K in AsymmetricName]: (
    ...sample: Parameters<(typeof expect)[K]>
  ) => AsymmetricMatcher & ReturnType<(typeof expect)[K]>
}

type AsymmetricName =
  | 'any'
  | 'anything'
  | 'arrayContaining'
  | 'closeTo'
  | 'objectContaining'
  | 'stringContaining'
  | 'stringMatching'
