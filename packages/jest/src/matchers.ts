import type { MesocosmMatchers } from 'mesocosm'

/*
 * The types of the matchers on both kinds of `expect`: of `@jest/globals`, and the global one of `@types/jest`.
 */

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown>
    extends MesocosmMatchers<Promise<void>, T> {}
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: all declarations of an interface must have the same parameters
    interface Matchers<R, T = {}> extends MesocosmMatchers<Promise<void>, T> {}
  }
}
