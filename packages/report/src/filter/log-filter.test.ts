import { expect, test } from 'vitest'
import { logFilterOf } from './log-filter.ts'
import { parseFilter } from './parse-filter.ts'

const index = { services: ['api', 'db', 'pricing'], lanes: ['run', 'lane_1'] }
const filter = (text: string, scope = {}) => logFilterOf(parseFilter(text), index, scope)

test('names of services and lanes become their numbers, those with a mark the others', () => {
  expect(filter('svc:pric,db lane:1')).toEqual({ services: [1, 2], lanes: [1] })
  expect(filter('!svc:db')).toEqual({ services: [0, 2] })
  expect(filter('svc:none')).toEqual({ services: [] })
})

test('services that were chosen elsewhere limit those of the filter', () => {
  expect(filter('!svc:db', { services: ['db', 'api'] })).toEqual({ services: [0] })
})

test('levels, texts, the test and the time are handed on', () => {
  expect(filter('!lvl:debug,info slow !/x/', { test: 3, from: 1, to: 2 })).toEqual({
    levels: ['error', 'warn'],
    include: ['slow'],
    exclude: [/x/i],
    test: 3,
    from: 1,
    to: 2,
  })
})

test('outcomes and files are of tests alone', () => {
  expect(filter('s:failed file:orders')).toEqual({})
})
