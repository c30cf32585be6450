import { expect, test } from 'vitest'
import { formatLink, home, type Link, parseLink } from './link.ts'

test('a link is read back as it was written', () => {
  const link: Link = {
    test: '18c8c0484d4859a2',
    attempt: 2,
    services: ['api', 'my worker'],
    query: 's:failed "a&b=c" /x#y/ 100%+é',
    range: [-1.5, 2000.125],
    entry: 'w1-2.3',
    panel: 'graph',
    scope: 'run',
  }
  expect(parseLink(`#${formatLink(link)}`)).toEqual(link)
})

test('a link names only what is not as at home, and stays readable', () => {
  expect(formatLink(home)).toBe('')
  expect(formatLink({ ...home, test: 'ab', query: 'lvl:error' })).toBe('t=ab&q=lvl:error')
})

test('what a link does not name is as at home', () => {
  expect(parseLink('')).toEqual({ ...home, ...nothing })
  expect(parseLink('#t=ab')).toEqual({ ...home, ...nothing, test: 'ab' })
})

test('values that make no sense are ignored', () => {
  expect(parseLink('#a=0&r=x-1&p=odd&l=odd&z=1&q=%E0%A4')).toMatchObject({
    attempt: undefined,
    range: undefined,
    panel: 'logs',
    scope: 'test',
  })
  expect(parseLink('#r=9-2').range).toEqual([2, 9])
})

// ---

const nothing = { test: undefined, attempt: undefined, range: undefined, entry: undefined }
