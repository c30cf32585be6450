import { expect, test } from 'vitest'
import type { AnyTopology } from '../define/topology.ts'
import { createFileTurns } from './file-turns.ts'
import type { RunnerFile, RunnerTest } from './session.ts'
import { createTestLedger, type LedgerTest } from './test-ledger.ts'
import type { TestResult } from './test-scope.ts'

const passed: TestResult = { status: 'passed' }

/** A ledger whose files write down what is done to them. */
const fixture = (turns = createFileTurns(), did: string[] = []) => {
  let opened = 0
  const fail = { open: undefined as Error | undefined }
  const openFile = async () => {
    if (fail.open !== undefined) throw fail.open
    const name = `file ${++opened}`
    const runner = {
      lane: 'the lane',
      announce: ({ titlePath: [title] }: RunnerTest) => ({
        ready: async () => void did.push(`${name}: ready ${title}`),
        leave: async (error?: Error) =>
          void did.push(`${name}: leave ${title}${error === undefined ? '' : ` ${error.message}`}`),
        explain: (error: Error) => void did.push(`${name}: explain ${error.message}`),
        end: ({ status }: TestResult, to?: number) =>
          void did.push(`${name}: end ${title} ${status} ${to ?? ''}`.trim()),
      }),
      recordTest: ({ titlePath: [title] }: RunnerTest, { status }: TestResult) =>
        void did.push(`${name}: record ${title} ${status}`),
      prepare: async (services: readonly string[]) => {
        did.push(`${name}: prepare ${services}`)
        return 'the lane'
      },
      release: async () => void did.push(`${name}: release`),
    }
    return runner as unknown as RunnerFile<AnyTopology>
  }
  return { ledger: createTestLedger<AnyTopology>({ openFile }, turns), did, fail }
}

const aTest = (title: string, file = 'a.js') => {
  const state = { ended: undefined as { result: TestResult; to?: number } | undefined }
  const seen: LedgerTest = { test: { file, titlePath: [title] }, outcome: () => state.ended }
  return { seen, state }
}

test('a test is recorded when its runner has decided, which is when the next one begins', async () => {
  const { ledger, did } = fixture()
  const [one, two] = [aTest('one'), aTest('two')]
  await ledger.begin(one, one.seen)
  await ledger.leave(one)
  one.state.ended = { result: passed, to: 5 }
  await ledger.begin(two, two.seen)
  expect(did).toEqual([
    'file 1: ready one',
    'file 1: leave one',
    'file 1: end one passed 5',
    'file 1: ready two',
  ])
})

test('a second begin of the same test returns the same attempt', async () => {
  const { ledger, did } = fixture()
  const one = aTest('one')
  expect(await ledger.begin(one, one.seen)).toBe(await ledger.begin(one, one.seen))
  expect(did).toEqual(['file 1: ready one'])
})

test('a test that asks for nothing is in the record of a file that was opened, and of no other', async () => {
  const { ledger, did } = fixture()
  const [one, two, other] = [aTest('one'), aTest('two'), aTest('other', 'b.js')]
  ledger.see(one, one.seen)
  one.state.ended = { result: passed }
  await ledger.begin(two, two.seen)
  two.state.ended = { result: passed }
  await ledger.leave(two)
  await ledger.close()
  ledger.see(other, other.seen)
  other.state.ended = { result: passed }
  await ledger.close()
  expect(did).toEqual([
    'file 1: record one passed',
    'file 1: ready two',
    'file 1: leave two',
    'file 1: end two passed',
    'file 1: release',
  ])
})

test('the first test of another file gives the lane back, in every ledger of the process', async () => {
  const turns = createFileTurns()
  const did: string[] = []
  const a = fixture(turns, did)
  const b = fixture(turns, did)
  const [one, two] = [aTest('one'), aTest('two', 'b.js')]
  await a.ledger.begin(one, one.seen)
  await a.ledger.leave(one)
  await b.ledger.begin(two, two.seen)
  expect(did).toEqual([
    'file 1: ready one',
    'file 1: leave one',
    'file 1: end one failed',
    'file 1: release',
    'file 1: ready two',
  ])
})

test('a file keeps its lane while one of its tests uses it, and what was prepared for all files', async () => {
  const { ledger, did } = fixture()
  const [one, two, three] = [aTest('one'), aTest('two', 'b.js'), aTest('three', 'c.js')]
  await ledger.prepare(undefined, [])
  await ledger.begin(one, one.seen)
  await ledger.begin(two, two.seen)
  await ledger.leave(one)
  await ledger.leave(two)
  await ledger.begin(three, three.seen)
  expect(did.filter((line) => line.endsWith('release'))).toEqual([])
  await ledger.close()
  expect(did.at(-1)).toBe('file 1: release')
})

test('after a file could not be opened, the next test tries again', async () => {
  const { ledger, did, fail } = fixture()
  const [one, two] = [aTest('one'), aTest('two')]
  fail.open = new Error('no engine')
  await expect(ledger.begin(one, one.seen)).rejects.toThrow('no engine')
  await ledger.leave(one)
  fail.open = undefined
  await ledger.begin(two, two.seen)
  expect(did).toEqual(['file 1: ready two'])
})

test('a test that ended before it had a lane takes none', async () => {
  const { ledger, did } = fixture()
  const one = aTest('one')
  const beginning = ledger.begin(one, one.seen)
  await ledger.leave(one)
  await expect(beginning).rejects.toMatchObject({ code: 'LANE_RELEASED' })
  expect(did).toEqual([])
})

test('errors are explained by the attempt, and the lane of a file is known from its first test on', async () => {
  const { ledger, did } = fixture()
  const one = aTest('one')
  expect(() => ledger.lane).toThrow(expect.objectContaining({ code: 'LANE_RELEASED' }))
  ledger.explain(one, new Error('too early'))
  await ledger.begin(one, one.seen)
  ledger.explain(one, new Error('on purpose'))
  await ledger.leave(one, new Error('on purpose'))
  expect(ledger.lane).toBe('the lane')
  expect(did).toEqual([
    'file 1: ready one',
    'file 1: explain on purpose',
    'file 1: leave one on purpose',
  ])
})
