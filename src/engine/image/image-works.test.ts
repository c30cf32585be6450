import { expect, test } from 'vitest'
import { openScene } from '../test-scene.ts'

const build = {
  topology: 'shop',
  service: 'api',
  request: { kind: 'build', name: 'shop-api', build: { context: './api' } },
} as const

test('a build in progress says at which step it is, and is in the record with its steps', async () => {
  await using scene = await openScene({ programs: {} })
  const { images } = scene.context
  await images.during(build, async (onProgress) => {
    expect(images.current()).toMatchObject([{ service: 'api', doing: 'building api' }])
    onProgress('Step 1/2 : FROM node')
    onProgress(' ---> 5a3f')
    onProgress('Step 2/2 : COPY . .')
    expect(images.current()).toMatchObject([{ doing: 'building api: step 2/2 COPY . .' }])
  })
  expect(images.current()).toEqual([])
  const [start] = scene.events('image.start')
  expect(start).toMatchObject({ do: 'build', s: 'api', image: './api' })
  expect(scene.events('image.step')).toMatchObject([
    { p: start?.i, step: 'step 1/2 FROM node' },
    { p: start?.i, step: 'step 2/2 COPY . .' },
  ])
  expect(scene.events('image.end')).toMatchObject([{ i: start?.i }])
})

test('the failure of a pull is in the record, and it is no longer in progress', async () => {
  await using scene = await openScene({ programs: {} })
  const { images } = scene.context
  const request = { kind: 'pull', reference: 'a:1' } as const
  const pull = images.during({ ...build, request }, async (onProgress) => {
    onProgress('5a3f: Downloading')
    expect(images.current()).toMatchObject([{ doing: 'pulling a:1 for api: 5a3f: Downloading' }])
    throw new Error('no route')
  })
  await expect(pull).rejects.toThrow('no route')
  expect(images.current()).toEqual([])
  expect(scene.events('image.end')).toMatchObject([{ error: { message: 'no route' } }])
})

test('an image that exists leaves nothing in the record', async () => {
  await using scene = await openScene({ programs: {} })
  await scene.context.images.during(build, async () => {})
  expect(scene.events('image.start')).toEqual([])
})
