import type { MesocosmMatchers } from 'mesocosm'

/* The types of the matchers on Bun's `expect`. */

declare module 'bun:test' {
  interface Matchers<T> extends MesocosmMatchers<Promise<void>, T> {}
}
