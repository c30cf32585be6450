import type { MesocosmMatchers } from 'mesocosm'
import 'vitest'

// Adds the matchers to the types of `expect`; `createTest` registers them.
declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends MesocosmMatchers<Promise<void>, T> {}
}
