import type { RuntimeEvent } from '../../runtime/container-event.ts'

/**
 * Adds the events of local programs to a watch of an engine's events, until it is disposed. Each is passed on after the
 * one before it.
 */
export const mergedEvents = (
  engine: AsyncDisposable,
  watch: (onEvent: (event: RuntimeEvent) => void) => AsyncDisposable,
  pass: (event: RuntimeEvent) => Promise<void>,
): AsyncDisposable => {
  let last: Promise<void> = Promise.resolve()
  const local = watch((event) => {
    const passed = last.then(() => pass(event))
    // A fault of the watcher surfaces like one of the engine's; later events still come.
    last = passed.catch(() => undefined)
  })
  return {
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}
