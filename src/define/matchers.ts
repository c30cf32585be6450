import type { Expectation, expectations } from './expectations.ts'

/**
 * The matchers, for the types of a runner's `expect`. `R` is what they return, `T` the type of the value that is passed
 * to `expect`. A plugin adds its own by declaration merging, and their names to `matchers` of `definePlugin`:
 *
 * @example
 * declare module 'mesocosm' {
 *   interface MesocosmMatchers<R, T> {
 *     // Waits until the key exists.
 *     toHaveKey(...args: MatcherArguments<T, 'toHaveKey'>): R
 *   }
 * }
 */
export interface MesocosmMatchers<R, T> {
  /**
   * Waits until a service has written a line that matches: `await expect(api.logs).toContainLine(/listening/)`. Lines
   * before the mark of the logs do not count.
   */
  toContainLine(...args: MatcherArguments<T, 'toContainLine'>): R
}

/** The parameters of matcher `Name` for a value of type `T`: what the value says, none for a value without it. */
export type MatcherArguments<T, Name extends string> = unknown extends T
  ? readonly unknown[]
  : T extends {
        readonly [expectations]: {
          readonly [K in Name]: (...args: infer A) => Expectation
        }
      }
    ? A
    : [fault: `✗ ${Name} cannot wait for this value`, value: never]
