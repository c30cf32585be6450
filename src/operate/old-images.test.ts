import { expect, test } from 'vitest'
import type { StoredImage } from '../runtime/runtime.ts'
import { replaced } from './old-images.ts'

const image = (reference: string, madeMs: number, used = false): StoredImage => ({
  reference,
  madeMs,
  bytes: 1,
  used,
})

test('the newest image of each service stays, and what a container was made from', () => {
  const images = [
    image('mesocosm/shop-api:1', 1),
    image('mesocosm/shop-api:3', 3),
    image('mesocosm/shop-api:2', 2),
    image('mesocosm/shop-web:1', 1, true),
    image('mesocosm/shop-web:2', 2),
    image('registry.test:5000/alone', 1),
  ]
  expect(replaced(images).map(({ reference }) => reference)).toEqual([
    'mesocosm/shop-api:2',
    'mesocosm/shop-api:1',
  ])
})
