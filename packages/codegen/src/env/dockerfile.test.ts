import { expect, test } from 'vitest'
import { readDockerfile } from './dockerfile.ts'

const names = (text: string, target?: string) =>
  readDockerfile({ path: 'Dockerfile', text }, target).uses.map(({ name }) => name)

const stages = 'FROM a AS one\nENV A=1\nFROM one AS two\nENV B=1\nFROM a\nENV C=1'

test('only the stage that is built counts, and those it is from', () => {
  expect(names(stages)).toEqual(['C'])
  expect(names(stages, 'two')).toEqual(['B', 'A'])
  expect(names(stages, 'TWO')).toEqual(['B', 'A'])
  expect(names(stages, '0')).toEqual(['A'])
  expect(names(stages, 'none')).toEqual([])
})

test('a stage that is named as its own base comes to an end', () => {
  expect(names('FROM node AS node\nENV A=1')).toEqual(['A'])
})

test('all forms of ENV are read', () => {
  expect(names('FROM a\nENV A=1 B="x y=z" C=\'p q=r\' D=e\\ f=g')).toEqual(['A', 'B', 'C', 'D'])
  expect(names('FROM a\nenv A b=c d')).toEqual(['A'])
  expect(names('FROM a\r\nENV A=1 \\\r\n  # ENV X=1\r\n\r\n  B=2\r\nENV C=3')).toEqual([
    'A',
    'B',
    'C',
  ])
})

test('the escape character may be another one', () => {
  expect(names('# escape=`\nFROM a\nENV A=1 `\n B=2')).toEqual(['A', 'B'])
})

test('heredocs and arguments of a build are not read', () => {
  expect(names('FROM a\nARG X=1\nRUN <<-"EOT"\nENV Y=1\n\tEOT\nENV A=1')).toEqual(['A'])
})
