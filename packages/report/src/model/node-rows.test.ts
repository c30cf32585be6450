import { expect, test } from 'vitest'
import type { TraceNode } from '../../../../src/trace/read/trace.ts'
import { nodeRows, opensByItself } from './node-rows.ts'

const node = (name: string, kind: TraceNode['kind'], ...children: TraceNode[]): TraceNode => ({
  kind,
  name,
  start: 0,
  end: 1,
  children,
  events: [],
})

const tree = node(
  'run',
  'run',
  node('test', 'test', node('call', 'call', node('plan', 'plan', node('start db', 'plan step')))),
  node('state', 'state'),
)
const names = (isOpen: (each: TraceNode) => boolean, shows: (each: TraceNode) => boolean) =>
  nodeRows(tree, isOpen, shows).map(({ node: { name }, depth }) => `${'  '.repeat(depth)}${name}`)

test('rows are those of the tree whose parents are open', () => {
  expect(
    names(
      () => true,
      () => true,
    ),
  ).toEqual(['test', '  call', '    plan', '      start db', 'state'])
  expect(
    names(
      (each) => opensByItself(each, true),
      () => true,
    ),
  ).toEqual(['test', 'state'])
  expect(
    names(
      (each) => opensByItself(each, false),
      () => true,
    ),
  ).toEqual(['test', '  call', '    plan', 'state'])
})

test('what is wanted stays with everything above it', () => {
  expect(
    names(
      () => true,
      ({ name }) => name === 'plan',
    ),
  ).toEqual(['test', '  call', '    plan'])
})
