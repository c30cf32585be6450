import { expect, test } from 'vitest'
import { progressOf } from './image-progress.ts'

test('the progress of a build is its step, in the words of every builder', () => {
  expect(progressOf('build', 'Step 3/7 : RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', '#9 [3/7] RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', '#9 [build 3/7] RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', '[3/7] RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', '[stage-2 3/7] RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', 'STEP 3/7: RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', '[1/2] STEP 3/7: RUN npm ci')).toBe('step 3/7 RUN npm ci')
  expect(progressOf('build', 'added 250 packages in 9s')).toBeUndefined()
})

test('the progress of a pull is the state of its layers', () => {
  expect(progressOf('pull', '5a3f: Downloading [=>  ] 3 MB/9 MB')).toBe(
    '5a3f: Downloading [=>  ] 3 MB/9 MB',
  )
  expect(progressOf('pull', '')).toBeUndefined()
})
