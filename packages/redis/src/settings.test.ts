import { expect, test } from 'vitest'
import { quoted, settingsFile } from './settings.ts'

test('settings are written as the server reads them', () => {
  const settings = {
    save: '',
    appendonly: true,
    lazyfree: false,
    databases: 4,
    rename: 'a b',
    many: ['c', 1],
  }
  expect(settingsFile(settings).split('\n')).toEqual([
    'save ""',
    'appendonly yes',
    'lazyfree no',
    'databases 4',
    'rename a b',
    'many c',
    'many 1',
    '',
  ])
})

test('a quoted word keeps all its characters in one line', () => {
  expect(quoted('a "b"\\ c\n')).toBe('"a \\"b\\"\\\\ c\\n"')
})
