import { describe, expect, test } from 'vitest'
import { renderTree } from './render.ts'
import { openTree, treeOf, withEvent, withLane } from './tree.ts'

const spec = { name: 'shop', services: { db: { share: 'run' as const }, api: {}, web: {} } }
const look = { columns: 80, color: false, now: 2_000 }

const started = () => {
  let tree = treeOf(spec, 0)
  tree = withEvent(tree, { kind: 'lane', lane: 'lane_3', state: 'leased' }, 0)
  for (const [lane, service, state, at] of [
    ['run', 'db', 'preparing', 100],
    ['lane_3', 'api', 'preparing', 200],
    ['run', 'db', 'ready', 1_100],
    ['lane_3', 'api', 'starting', 1_200],
  ] as const)
    tree = withEvent(tree, { kind: 'service', lane, service, state }, at)
  return tree
}

describe('renderTree', () => {
  test('lists services in the order of the topology, with state and time', () => {
    expect(renderTree(started(), look)).toEqual([
      'shop  1 of 3 ready  2.0 s',
      '  ✔ db   ready         1.0 s',
      '  ⠴ api  starting      1.8 s',
      '  · web  not started',
    ])
  })

  test('shows addresses, and neither spinners nor running times, in a still tree', () => {
    const service = (name: string, url: string, share?: 'run') => ({
      name,
      state: 'ready' as const,
      outputs: { 'http.url': url },
      env: {},
      logLane: share ?? 'lane_3',
      logName: name,
    })
    const tree = withLane(
      started(),
      {
        lane: 'lane_3',
        services: [service('db', 'tcp://h:1', 'run'), service('api', 'http://h:2')],
      },
      3_000,
    )
    expect(renderTree(tree, { ...look, still: true })).toEqual([
      'shop  2 of 3 ready',
      '  ✔ db   ready         1.0 s  tcp://h:1',
      '  ✔ api  ready         2.8 s  http://h:2',
      '  · web  not started',
    ])
  })

  test('cuts lines to the width of the terminal', () => {
    expect(renderTree(started(), { ...look, columns: 16 })).toEqual([
      'shop  1 of 3 re…',
      '  ✔ db   ready …',
      '  ⠴ api  starti…',
      '  · web  not st…',
    ])
  })

  test('puts several lanes under their names, shared servers first', () => {
    let tree = openTree('shop', 0)
    for (const lane of ['lane_10', 'lane_2', 'run'])
      tree = withEvent(tree, { kind: 'service', lane, service: 'db', state: 'ready' }, 0)
    expect(renderTree(tree, look)).toEqual([
      'shop  3 of 3 ready',
      '  shared',
      '    ✔ db  ready',
      '  lane_2',
      '    ✔ db  ready',
      '  lane_10',
      '    ✔ db  ready',
    ])
  })

  test('removes the control characters of build output', () => {
    const line = '\u001b[2J\u001b[31mStep 1\u001b[0m\r'
    const tree = withEvent(treeOf(spec, 0), { kind: 'image', service: 'api', line }, 0)
    const row = renderTree(tree, look).find((text) => text.includes('api'))
    expect(row).toBe('  ⠴ api  fetching      2.0 s  Step 1')
  })

  test('uses colours if asked to', () => {
    expect(renderTree(started(), { ...look, color: true })[1]).toContain('\u001b[32m✔\u001b[39m')
  })
})
