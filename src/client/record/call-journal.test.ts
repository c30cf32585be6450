import { expect, test } from 'vitest'
import { createCallJournal } from './call-journal.ts'

const open = () => {
  let time = 0
  const journal = createCallJournal(() => time)
  const pass = (ms: number) => {
    time += ms
  }
  return { journal, pass }
}

test('a test waits for its innermost open calls, within steps and calls', () => {
  const { journal, pass } = open()
  const endStep = journal.beginStep({ id: '1', title: 'place the order', test: 'a#0' })
  const call = { service: 'worker', test: 'a#0' }
  const endOuter = journal.begin({ ...call, id: '2', parent: '1', method: 'helper', args: [] })
  const args = ['order 1 done', { timeoutMs: 5 }]
  const end = journal.begin({ ...call, id: '3', parent: '2', method: 'logs.waitFor', args })
  journal.begin({ id: '4', test: 'b#0', method: 'query', args: [] })
  pass(1_500)
  expect(journal.waits('a#0')).toEqual([
    {
      title: "worker.logs.waitFor('order 1 done')",
      forMs: 1_500,
      within: ['step “place the order”', 'worker.helper()'],
    },
  ])
  end('failed')
  expect(journal.waits('a#0').map(({ title }) => title)).toEqual(['worker.helper()'])
  endOuter('done')
  // A step that computes something waits for no service.
  expect(journal.waits('a#0')).toEqual([])
  endStep()
})

test('changes of services are kept with how long ago they were, the last ones', () => {
  const { journal, pass } = open()
  const change = (
    id: string,
    method: string,
    args: readonly unknown[],
    status: 'done' | 'failed',
  ) => journal.begin({ id, method, service: 'worker', args, test: 'a#0' })(status)
  change('1', 'withEnv', [{ PRICING_URL: 'pricing' }], 'done')
  change('2', 'logs.waitFor', [], 'done')
  pass(200)
  change('3', 'kill', ['SIGKILL'], 'failed')
  expect(journal.changes('a#0')).toEqual([
    { title: "worker.withEnv({ PRICING_URL: 'pricing' })", failed: false, agoMs: 200 },
    { title: "worker.kill('SIGKILL')", failed: true, agoMs: 0 },
  ])
  expect(journal.changes('b#0')).toEqual([])
  for (let at = 0; at < 100; at++) change(`x${at}`, 'restart', [], 'done')
  expect(journal.changes('a#0')).toHaveLength(20)
  journal.forget('b#0')
  expect(journal.changes('a#0')).toHaveLength(20)
  journal.forget('a#0')
  expect(journal.changes('a#0')).toEqual([])
})
