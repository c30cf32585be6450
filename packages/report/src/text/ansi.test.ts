import { expect, test } from 'vitest'
import { parseAnsi, plain } from './ansi.ts'

const esc = '\u001b'

test('a line without sequences is one piece', () => {
  expect(parseAnsi('ready')).toEqual([{ text: 'ready' }])
  expect(parseAnsi('')).toEqual([])
})

test('colours and weights last until they are reset', () => {
  expect(parseAnsi(`${esc}[1;31mfail${esc}[22m: why${esc}[0m done`)).toEqual([
    { text: 'fail', bold: true, colour: 1 },
    { text: ': why', colour: 1 },
    { text: ' done' },
  ])
})

test('bright, 256 and true colours are known, as text and ground', () => {
  expect(parseAnsi(`${esc}[92;100ma${esc}[38;5;208;48;5;244mb${esc}[38;2;1;2;255mc`)).toEqual([
    { text: 'a', colour: 10, ground: 8 },
    { text: 'b', colour: '#ff8700', ground: '#808080' },
    { text: 'c', colour: '#0102ff', ground: '#808080' },
  ])
})

test('other sequences, titles and control characters are left out', () => {
  expect(plain(`${esc}[2J${esc}[1;1H${esc}]0;title\u0007a\u0000b\tc${esc}[K${esc}`)).toBe('ab\tc')
})

test('codes that do not exist change nothing', () => {
  expect(parseAnsi(`${esc}[38;9ma${esc}[999mb`)).toEqual([{ text: 'a' }, { text: 'b' }])
})
