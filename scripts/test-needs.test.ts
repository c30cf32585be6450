import { expect, test } from 'vitest'
import { testNeeds } from './test-needs.ts'

test.for([
  ['--project', 'unit'],
  ['--project=unit'],
  ['src/plan', '--project', 'unit', '--reporter=dot'],
])('%j needs neither build nor engine', (args) => {
  expect(testNeeds(args)).toBe('nothing')
})

test.for([
  ['--project', 'built'],
  ['--project', 'unit', '--project=built'],
])('%j needs the build', (args) => {
  expect(testNeeds(args)).toBe('build')
})

test.for([
  [],
  ['src/plan'],
  ['--project', 'engine'],
  ['--project', 'unit', '--project', 'engine'],
  ['--project', '*'],
  ['--project=!engine'],
  ['--project'],
])('%j needs the engine', (args) => {
  expect(testNeeds(args)).toBe('engine')
})
