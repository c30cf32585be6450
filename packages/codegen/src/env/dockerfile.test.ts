import { expect, test } from 'vitest'
import { readDockerfile } from './dockerfile.ts'

const names = (text: string, target?: string) =>
  readDockerfile({ path: 'Dockerfile', text }, target).uses.map(({ name }) => name)

const stages = 'FROM a AS one\nENV A=1\nFROM one AS two\nENV B=1\nFROM a\nENV C=1'

test('ENV is read from the built stage and the stages it is based on', () => {
  expect(names(stages)).toEqual(['C'])
  expect(names(stages, 'two')).toEqual(['B', 'A'])
  expect(names(stages, 'TWO')).toEqual(['B', 'A'])
  expect(names(stages, '0')).toEqual(['A'])
  expect(names(stages, 'none')).toEqual([])
})

test('a stage with the name of its own base does not loop', () => {
  expect(names('FROM node AS node\nENV A=1')).toEqual(['A'])
})

test('all syntaxes of ENV are read', () => {
  expect(names('FROM a\nENV A=1 B="x y=z" C=\'p q=r\' D=e\\ f=g')).toEqual(['A', 'B', 'C', 'D'])
  expect(names('FROM a\nenv A b=c d')).toEqual(['A'])
  expect(names('FROM a\r\nENV A=1 \\\r\n  # ENV X=1\r\n\r\n  B=2\r\nENV C=3')).toEqual([
    'A',
    'B',
    'C',
  ])
})

test('the escape directive of a Dockerfile is respected', () => {
  expect(names('# escape=`\nFROM a\nENV A=1 `\n B=2')).toEqual(['A', 'B'])
})

test('heredocs and build arguments of a Dockerfile are ignored', () => {
  expect(names('FROM a\nARG X=1\nRUN <<-"EOT"\nENV Y=1\n\tEOT\nENV A=1')).toEqual(['A'])
})
