import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { isRunName, projectPrefix, runDirOf, runsFolder } from './run-dir.ts'

test.each(['warm', '4711', 'ci job: 1', 'a.b', '..', 'größe'])(
  'the directory of run %j is in the runs folder',
  (who) => {
    const { folder, name } = runDirOf('/project', who)
    expect(dirname(folder)).toBe(runsFolder())
    expect(name).toBe(`${projectPrefix('/project')}${who}`)
    expect(isRunName(name)).toBe(true)
  },
)

test.each(['../x', 'a/../../../etc', 'a\\b', '/', 'a\0', 'x.ended-1'])(
  'a run cannot have the name %j',
  (who) => {
    expect(() => runDirOf('/project', who)).toThrow(
      expect.objectContaining({
        code: 'SUPERVISOR_UNREACHABLE',
        remedy: expect.stringContaining('MESOCOSM_RUN'),
      }),
    )
  },
)

test.each([
  '',
  'warm',
  '.ssh',
  'photos',
  '0123456789',
  '0123456789-',
  '012345678-x',
  '0123456789a-x',
  '0123456789_x',
  '012345678G-x',
])('isRunName refuses %j', (name) => {
  expect(isRunName(name)).toBe(false)
})
