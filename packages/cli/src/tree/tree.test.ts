import { expect, test } from 'vitest'
import { describeRow } from './render.ts'
import { type Tree, treeOf, urlsOf, withEvent } from './tree.ts'

const spec = { name: 'shop', services: { db: { share: 'run' as const }, api: {} } }

const after = (...events: (readonly [string, string, string, string?])[]): Tree => {
  let tree = withEvent(treeOf(spec, 0), { kind: 'lane', lane: 'lane_1', state: 'leased' }, 0)
  for (const [index, [lane, service, state, detail]] of events.entries())
    tree = withEvent(
      tree,
      {
        kind: 'service',
        lane,
        service,
        state: state as never,
        ...(detail === undefined ? {} : { detail }),
      },
      index * 100,
    )
  return tree
}

const stateOf = (tree: Tree, service: string) =>
  tree.rows.find((row) => row.service === service)?.state

test('the end of a replaced program is not taken for that of the service', () => {
  const tree = after(
    ['lane_1', 'api', 'stopping'],
    ['lane_1', 'api', 'starting'],
    ['lane_1', 'api', 'stopped'],
  )
  expect(stateOf(tree, 'api')).toBe('starting')
})

test('what other lanes do is of no interest to the one that comes up', () => {
  expect(stateOf(after(['lane_2', 'api', 'ready']), 'api')).toBe('unstarted')
})

test('a shared server in another form is still the same service', () => {
  expect(stateOf(after(['run', 'db-2', 'ready']), 'db')).toBe('ready')
})

test('a program that ended with exit code 0 is done, another is not', () => {
  const ended = (detail: string) => {
    const tree = after(['lane_1', 'api', 'exited', detail])
    const row = tree.rows.find(({ service }) => service === 'api')
    return row === undefined ? '' : describeRow(row, 0)
  }
  expect(ended('exit code 0')).toBe('done')
  expect(ended('exit code 3')).toBe('exited  exit code 3')
})

test('the address of a service is its own url, else those of its ports', () => {
  expect(urlsOf({ outputs: { url: 'postgres://a', 'sql.url': 'tcp://a' } })).toEqual([
    'postgres://a',
  ])
  expect(urlsOf({ outputs: { 'a.url': 'http://a', 'b.url': 'http://b', host: 'h' } })).toEqual([
    'http://a',
    'http://b',
  ])
})
