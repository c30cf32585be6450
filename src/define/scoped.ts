import { attachSecondary } from '../errors/attach-secondary.ts'

/** A method that changes something for a while: until the returned object is disposed, or while a callback runs. */
export interface ScopedMethod<Value, Options extends object> {
  /** Makes the change; disposing the result undoes it. */
  (value: Value, options?: Options): Promise<AsyncDisposable>
  /** Makes the change, calls `use`, undoes the change, and returns what `use` returned. */
  <T>(value: Value, use: () => T | Promise<T>, options?: Options): Promise<T>
}

/**
 * Makes a method like `withEnv`, with both forms, from one function.
 *
 * If `use` and the undoing both fail, the error of `use` is thrown, with the other attached to its chain of causes.
 *
 * @param enter makes the change and returns what undoes it. `options` are those of the call.
 */
export const scoped = <Value, Options extends object>(
  enter: (value: Value, options?: Options) => Promise<() => Promise<void>>,
): ScopedMethod<Value, Options> => {
  async function method(value: Value, options?: Options): Promise<AsyncDisposable>
  async function method<T>(value: Value, use: () => T | Promise<T>, options?: Options): Promise<T>
  async function method<T>(
    value: Value,
    useOrOptions?: Options | (() => T | Promise<T>),
    options?: Options,
  ): Promise<T | AsyncDisposable> {
    if (!isCallback<T | Promise<T>>(useOrOptions))
      return disposable(await enter(value, useOrOptions as Options | undefined))
    const undo = await enter(value, options)
    let result: T
    try {
      result = await useOrOptions()
    } catch (error) {
      await undo().catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
    await undo()
    return result
  }
  return method
}

// ---

const isCallback = <T>(value: unknown): value is () => T => typeof value === 'function'

/** Undoes once; again only if that failed. */
const disposable = (undo: () => Promise<void>): AsyncDisposable => {
  let undone = false
  return {
    async [Symbol.asyncDispose]() {
      if (!undone) await undo()
      undone = true
    },
  }
}
