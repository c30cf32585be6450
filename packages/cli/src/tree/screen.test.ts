import { expect, test } from 'vitest'
import { openScreen } from './screen.ts'
import { treeOf, withEvent } from './tree.ts'

const spec = { name: 'shop', services: { api: {} } }

test('output that is not a terminal gets one line per change of state', () => {
  const written: string[] = []
  const screen = openScreen({ write: (text) => written.push(text) }, {})
  let tree = treeOf(spec, 0)
  screen.update(tree)
  for (const [state, at] of [
    ['preparing', 0],
    ['preparing', 10],
    ['ready', 1_500],
  ] as const) {
    tree = withEvent(tree, { kind: 'service', lane: 'lane_1', service: 'api', state }, at)
    tree = withEvent(tree, { kind: 'lane', lane: 'lane_1', state: 'leased' }, at)
    tree = withEvent(tree, { kind: 'service', lane: 'lane_1', service: 'api', state }, at)
    screen.update(tree)
  }
  expect(written.map((text) => text.replace(/preparing.*/, 'preparing'))).toEqual([
    'lane_1  api  preparing\n',
    'lane_1  api  ready  1.5 s\n',
  ])
})

test('a dumb terminal gets plain lines', () => {
  const written: string[] = []
  const dumb = { write: (text: string) => written.push(text), isTTY: true }
  const screen = openScreen(dumb, { TERM: 'dumb' })
  screen.update(treeOf(spec, 0))
  screen.end(treeOf(spec, 0))
  expect(written.join('')).toBe('shop  0 of 1 ready\n  · api  not started\n')
})

test('a terse screen prints the final tree alone', () => {
  const written: string[] = []
  const terminal = { write: (text: string) => written.push(text), isTTY: true }
  const screen = openScreen(terminal, {}, { terse: true })
  screen.update(treeOf(spec, 0))
  screen.update(
    withEvent(
      treeOf(spec, 0),
      { kind: 'service', lane: 'lane_1', service: 'api', state: 'ready' },
      5,
    ),
  )
  expect(written).toEqual([])
  screen.end(treeOf(spec, 0))
  expect(written.join('')).toBe('shop  0 of 1 ready\n  · api  not started\n')
})
