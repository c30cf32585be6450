/** What is used of Bun's test runner. The types of Bun replace those of Node, so they are not installed here. */
declare module 'bun:test' {
  export const test: (...args: unknown[]) => unknown
  export const describe: (...args: unknown[]) => unknown
  export const expect: { extend(matchers: object): void }
  export const beforeAll: (fn: () => unknown, timeoutMs?: number) => void
  export const afterAll: (fn: () => unknown, timeoutMs?: number) => void
}

declare const Bun: {
  /** The test file that is loaded or runs. */
  readonly main: string
}
