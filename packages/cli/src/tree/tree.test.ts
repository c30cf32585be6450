import { expect, test } from 'vitest'
import { changesBetween } from './changes.ts'
import { describeRow, renderTree } from './render.ts'
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

test('a service that is recreated stays starting when its old container stops', () => {
  const tree = after(
    ['lane_1', 'api', 'stopping'],
    ['lane_1', 'api', 'starting'],
    ['lane_1', 'api', 'stopped'],
  )
  expect(stateOf(tree, 'api')).toBe('starting')
})

test('a tree of one topology ignores events of other lanes', () => {
  expect(stateOf(after(['lane_2', 'api', 'ready']), 'api')).toBe('unstarted')
})

test('a shared server with a number after its name updates the row of its service', () => {
  expect(stateOf(after(['run', 'db-2', 'ready']), 'db')).toBe('ready')
})

test('exit code 0 is shown as done, other exit codes as exited', () => {
  const ended = (detail: string) => {
    const tree = after(['lane_1', 'api', 'exited', detail])
    const row = tree.rows.find(({ service }) => service === 'api')
    return row === undefined ? '' : describeRow(row, 0)
  }
  expect(ended('exit code 0')).toBe('done')
  expect(ended('exit code 3')).toBe('exited  exit code 3')
})

test('the addresses of a service are its own url, otherwise those of its ports', () => {
  expect(urlsOf({ outputs: { url: 'postgres://a', 'sql.url': 'tcp://a' } })).toEqual([
    'postgres://a',
  ])
  expect(urlsOf({ outputs: { 'a.url': 'http://a', 'b.url': 'http://b', host: 'h' } })).toEqual([
    'http://a',
    'http://b',
  ])
})

test('warnings are listed below the services, and each is a line of output that cannot be redrawn', () => {
  const event = {
    kind: 'warning',
    lane: 'lane_1',
    service: 'api',
    line: 'no memory limit',
  } as const
  const before = treeOf(spec, 0)
  const after = withEvent(before, event, 0)
  expect(renderTree(after, { columns: 80, color: false, now: 0 }).at(-1)).toBe(
    '  ! api: no memory limit',
  )
  expect(changesBetween(before, after, 0)).toEqual(['warning  api: no memory limit'])
  expect(changesBetween(after, after, 0)).toEqual([])
})
