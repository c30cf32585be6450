import { expect, test } from 'vitest'
import type { StoredImage } from '../runtime/runtime.ts'
import { staleOf } from './stale-images.ts'

const image = (reference: string, madeMs: number, used = false): StoredImage => ({
  reference,
  madeMs,
  bytes: 1,
  used,
})

test('staleOf keeps the newest image of each service and those in use', () => {
  const images = [
    image('mesocosm/shop-api:1', 1),
    image('mesocosm/shop-api:3', 3),
    image('mesocosm/shop-api:2', 2),
    image('mesocosm/shop-web:1', 1, true),
    image('mesocosm/shop-web:2', 2),
    image('registry.test:5000/alone', 1),
  ]
  expect(staleOf(images).map(({ reference }) => reference)).toEqual([
    'mesocosm/shop-api:2',
    'mesocosm/shop-api:1',
  ])
})
