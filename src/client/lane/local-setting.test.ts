import { expect, test } from 'vitest'
import { readLocalSetting } from './local-setting.ts'

test('MESOCOSM_LOCAL is a list of names without spaces, empty ones and repetitions', () => {
  expect(readLocalSetting({})).toEqual([])
  expect(readLocalSetting({ MESOCOSM_LOCAL: '' })).toEqual([])
  expect(readLocalSetting({ MESOCOSM_LOCAL: ' api, worker ,,api' })).toEqual(['api', 'worker'])
})
