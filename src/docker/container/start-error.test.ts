import { expect, test } from 'vitest'
import { ApiFailure } from '../api/errors.ts'
import { startError } from './start-error.ts'

const id = '450c14136e4e'.padEnd(64, '0')

test.each([
  [
    'Docker',
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "no-such": executable file not found in $PATH: unknown',
  ],
  [
    'Podman with crun',
    'crun: executable file `no-such` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  ],
])('startError says that the image lacks the program, in the words of %s', (_, detail) => {
  expect(startError(new ApiFailure(400, detail), id)).toMatchObject({
    code: 'SERVICE_START_FAILED',
    message: expect.stringContaining(`container 450c14136e4e could not be started: ${detail}`),
    remedy: 'check `command` and `entrypoint`: the image lacks that program or its interpreter',
  })
})

test('startError does not blame the program for another file that Podman misses', () => {
  const detail =
    'crun: opening file `memory.max` for writing: No such file or directory: OCI runtime attempted to invoke a command that was not found'
  const { remedy } = startError(new ApiFailure(400, detail), id)
  expect(remedy).not.toContain('the image lacks that program')
})
