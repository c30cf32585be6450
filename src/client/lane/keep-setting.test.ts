import { expect, test } from 'vitest'
import { readKeepSetting } from './keep-setting.ts'

test('no lane is kept unless MESOCOSM_KEEP asks for it', () => {
  expect(readKeepSetting({})).toBeUndefined()
  expect(readKeepSetting({ MESOCOSM_KEEP: '' })).toBeUndefined()
  expect(readKeepSetting({ MESOCOSM_KEEP: 'none', MESOCOSM_KEEP_MS: '5' })).toBeUndefined()
})

test('lanes of failed tests are kept for an hour and four at most, unless other limits are set', () => {
  expect(readKeepSetting({ MESOCOSM_KEEP: 'failed' })).toEqual({ forMs: 3_600_000, atMost: 4 })
  expect(
    readKeepSetting({
      MESOCOSM_KEEP: 'failed',
      MESOCOSM_KEEP_MS: '60000',
      MESOCOSM_KEEP_LANES: '1',
    }),
  ).toEqual({ forMs: 60_000, atMost: 1 })
})

test('all faults of the settings are reported at once', () => {
  const read = () =>
    readKeepSetting({ MESOCOSM_KEEP: 'yes', MESOCOSM_KEEP_MS: '1h', MESOCOSM_KEEP_LANES: '0' })
  expect(read).toThrow(/"yes"[\s\S]*"1h"[\s\S]*"0"/)
  expect(read).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }))
})
