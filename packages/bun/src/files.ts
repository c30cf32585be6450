import { afterAll, beforeAll } from 'bun:test'
import { type AnyTopology, type RunnerSession, timerLimit } from 'mesocosm/runner'
import { type OpenFile, openFile } from './open-file.ts'
import { createSuite, type Suite } from './suite.ts'

/** The file that is loaded, and where in it. */
export interface LoadedFile extends OpenFile {
  /** The suite that is declared now. */
  suite(): Suite
  /** Notes services that its tests and hooks use. */
  use(services: readonly string[]): void
}

/** The test files of a process that use one `createTest`. */
export interface Files {
  /** Returns the file that is loaded now. */
  current(): LoadedFile
  /** Returns the same `describe`, at any depth, which notes its titles. */
  bindDescribe(describe: Declare): Declare
}

type Declare = (...args: unknown[]) => unknown

/** Creates the files; the module that calls `createTest` may be loaded once for several of them. */
export const createFiles = (session: RunnerSession<AnyTopology>): Files => {
  const loaded = new Map<string, LoadedFile>()
  const suites = new Map<string, Suite>()
  const load = (path: string): LoadedFile => {
    const file = openFile(session, path)
    const used = new Set<string>()
    suites.set(path, createSuite(''))
    // Outside of test time. Its limit is an option of its own.
    beforeAll(() => session.prepareImages([...used] as never[]), timerLimit(0))
    afterAll(async () => {
      loaded.delete(path)
      await file.close()
    }, timerLimit(0))
    return {
      ...file,
      suite: () => suites.get(path) as Suite,
      use: (services) => {
        for (const service of services) used.add(service)
      },
    }
  }
  const current = (): LoadedFile => {
    const path = Bun.main
    const file = loaded.get(path) ?? load(path)
    loaded.set(path, file)
    return file
  }
  /** Bun calls the functions of suites after the calls that declare them. */
  const within = (title: string, fn: Declare): Declare => {
    const { path } = current()
    const suite = createSuite(title, suites.get(path))
    return (...row) => {
      const outer = suites.get(path) as Suite
      suites.set(path, suite)
      try {
        return fn(...row)
      } finally {
        suites.set(path, outer)
      }
    }
  }
  /** @param owner what it is a property of: Bun insists on it. */
  const bindDescribe = (describe: Declare, owner?: Declare): Declare =>
    new Proxy(describe, {
      apply(target, _, [title, fn, ...rest]: unknown[]) {
        const own = typeof fn === 'function' ? within(String(title), fn as Declare) : fn
        const result: unknown = Reflect.apply(target, owner, [title, own, ...rest])
        if (own !== fn) return result
        return typeof result === 'function' ? bindDescribe(result as Declare) : result
      },
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' && typeof key === 'string'
          ? bindDescribe(value as Declare, target)
          : value
      },
    })
  current()
  return { current, bindDescribe }
}
