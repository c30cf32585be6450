import { expect, test } from 'vitest'
import type { StoredImage } from '../runtime/stored-image.ts'
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

test('staleOf keeps the newest image of each locked tag, and of each image for another platform', () => {
  const hash = (digit: string) => digit.repeat(32)
  const images = [
    image(`mesocosm/locked/postgres:17-${hash('1')}`, 1),
    image(`mesocosm/locked/postgres:17-${hash('2')}`, 2),
    image(`mesocosm/locked/postgres:16-${hash('3')}`, 1),
    image(`mesocosm/locked/redis:${hash('4')}`, 1),
    image(`mesocosm/locked/redis:${hash('5')}`, 2),
    image('mesocosm/platform-linux-arm64-postgres:1111111111111111', 1),
    image('mesocosm/platform-linux-arm64-postgres:2222222222222222', 2),
    image('mesocosm/platform-linux-s390x-postgres:3333333333333333', 1),
  ]
  expect(staleOf(images).map(({ reference }) => reference)).toEqual([
    `mesocosm/locked/postgres:17-${hash('1')}`,
    `mesocosm/locked/redis:${hash('4')}`,
    'mesocosm/platform-linux-arm64-postgres:1111111111111111',
  ])
})
