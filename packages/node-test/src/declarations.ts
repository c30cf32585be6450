import { after, getTestContext } from 'node:test'
import type { LedgerTest, RunnerTest, TestResult } from 'mesocosm/runner'
import { readTestFlags } from './flags.ts'
import { skippedFor, titlesOf } from './outcome.ts'
import type { Watch } from './watch.ts'

/** A test that was declared. */
export interface Declaration {
  readonly name: string
  /** Why it is not run; absent if it is. */
  readonly skip?: string | undefined
  /** Set when its function is called. */
  begun: boolean
}

/** The tests that were declared, to know those that never begin. */
export interface Declarations {
  /** Notes a test that is declared by the caller. */
  add(declared: Declaration): void
  /** Returns the tests that Node reports without calling their functions or hooks. */
  neverBegun(watch: Watch): readonly (readonly [object, LedgerTest])[]
}

/** Creates declarations. */
export const createDeclarations = (): Declarations => {
  const all: { readonly declared: Declaration; readonly scope: Scope }[] = []
  return {
    add: (declared) => void all.push({ declared, scope: scopeHere() }),
    neverBegun(watch) {
      const left = all.filter(({ declared }) => !declared.begun)
      return left.flatMap(({ declared, scope }) => {
        const result = resultOf(declared, scope, watch)
        const test = testOf(declared, scope)
        if (result === undefined || test === undefined) return []
        return [[declared, { test, outcome: () => ({ result }) }] as const]
      })
    },
  }
}

// ---

/** What Node passes to hooks, and returns within suites. */
interface SuiteFacts {
  readonly name: string
  readonly fullName: string
  readonly filePath?: string | undefined
}

interface Scope {
  suite: SuiteFacts | undefined
  /** Whether the suite has run. It does not if all its tests are filtered out. */
  ran: boolean
}

/** Returns the suite or file that the caller runs in. */
const scopeHere = (): Scope => {
  const scope: Scope = { suite: suiteNow(), ran: false }
  // Before Node 24, only a hook knows its suite.
  after((suite) => {
    scope.suite = suite as unknown as SuiteFacts
    scope.ran = true
  })
  return scope
}

const suiteNow = (): SuiteFacts | undefined =>
  (getTestContext as typeof getTestContext | undefined)?.() as SuiteFacts | undefined

const rootName = '<root>'

const testOf = ({ name }: Declaration, { suite }: Scope): RunnerTest | undefined => {
  if (suite === undefined) return undefined
  const file = suite.filePath ?? process.argv[1]
  if (file === undefined) return undefined
  return { file, titlePath: suite.name === rootName ? [name] : [...titlesOf(suite), name] }
}

/** A suite none of whose tests began has failed in a `before` hook; Node cancels them. */
const resultOf = (
  { skip }: Declaration,
  { suite, ran }: Scope,
  watch: Watch,
): TestResult | undefined => {
  // Node does not say which tests it filters out.
  if (skip !== undefined) return readTestFlags().filters ? undefined : skippedFor(skip)
  if (suite === undefined || suite.name === rootName || !ran) return undefined
  const file = suite.filePath ?? process.argv[1] ?? ''
  if (watch.hasBegunIn(suite.fullName, file)) return undefined
  return { status: 'failed', error: 'a hook before it failed, so it was cancelled' }
}
