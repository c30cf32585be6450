import { expect, test } from 'vitest'
import { sourcesOf } from './sources.ts'

const build = { context: '/home/me/shop/api' }

test('sources are the build folder and the working folder of the service, else of the image', () => {
  expect(sourcesOf({ build }, '/app/')).toEqual({ local: '/home/me/shop/api', remote: '/app' })
  expect(sourcesOf({ build, workdir: '/srv' }, '/app')).toMatchObject({ remote: '/srv' })
  expect(sourcesOf({ build })).toMatchObject({ remote: '/' })
})

test('a mount that contains the working folder wins over the build folder', () => {
  const mounts = [
    { from: '/home/me/data', to: '/app-data' },
    { from: '/home/me/live', to: '/app' },
  ]
  const found = { local: '/home/me/live', remote: '/app' }
  expect(sourcesOf({ build, mounts }, '/app')).toEqual(found)
  expect(sourcesOf({ mounts, workdir: '/app/src' })).toEqual(found)
  expect(sourcesOf({ mounts, workdir: '/apps' })).toBeUndefined()
})

test('debug.sources win over all', () => {
  const sources = { local: '/a', remote: '/b' }
  expect(sourcesOf({ build, debug: { sources } }, '/app')).toEqual(sources)
})

test('an image that is not built here has none', () => {
  expect(sourcesOf({}, '/app')).toBeUndefined()
})
