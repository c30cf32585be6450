import { expect, test } from 'vitest'
import { isEmpty } from './filter.ts'
import { parseFilter, toggleTerm } from './parse-filter.ts'

const parts = (text: string) => {
  const filter = parseFilter(text)
  return Object.fromEntries(Object.entries(filter).filter(([, part]) => part.length > 0))
}

test('keys limit outcomes, files, services, lanes and levels', () => {
  expect(parts('s:failed file:orders.test svc:api,worker lane:lane_2 lvl:error')).toEqual({
    outcomes: [{ value: 'failed', not: false }],
    files: [{ value: 'orders.test', not: false }],
    services: [
      { value: 'api', not: false },
      { value: 'worker', not: false },
    ],
    lanes: [{ value: 'lane_2', not: false }],
    levels: [{ value: 'error', not: false }],
  })
})

test('an exclamation mark excludes values and texts', () => {
  expect(parts('!svc:db !timeout !/GET \\/health/')).toEqual({
    services: [{ value: 'db', not: true }],
    exclude: ['timeout', /GET \/health/i],
  })
})

test('words in quotes are one text, and words between slashes one expression', () => {
  expect(parts('"order 42" /dead ?lock/ done')).toEqual({
    include: ['order 42', /dead ?lock/i, 'done'],
  })
})

test('the beginning of an outcome or a level is enough', () => {
  expect(parts('s:fail lvl:warn,err')).toEqual({
    outcomes: [{ value: 'failed', not: false }],
    levels: [
      { value: 'warn', not: false },
      { value: 'error', not: false },
    ],
  })
})

test('a word with a colon whose key is unknown is a text', () => {
  expect(parts('Error: http://api:3000/orders')).toEqual({
    include: ['Error:', 'http://api:3000/orders'],
  })
})

test('what is not understood limits nothing and is named', () => {
  const filter = parseFilter('s:odd /(/ lvl:loud')
  expect(isEmpty(filter)).toBe(true)
  expect(filter.faults).toEqual([
    'odd is not an outcome: failed, passed, skipped, flaky, unfinished',
    '/(/ is not a regular expression',
    'loud is not a level: error, warn, info, debug',
  ])
})

test('half-typed terms do not limit', () => {
  for (const text of ['', ' ', '!', 's:', 'svc:', '""', 'svc:,'])
    expect(isEmpty(parseFilter(text)), text).toBe(true)
})

test('a term is added to the text and removed again', () => {
  const once = toggleTerm('"order 42"', 'svc', 'api')
  expect(once).toBe('"order 42" svc:api')
  expect(toggleTerm(once, 'svc', 'api')).toBe('"order 42"')
  expect(toggleTerm('', 'svc', 'my api')).toBe('svc:"my api"')
})
