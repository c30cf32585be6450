import { expect, test } from 'vitest'
import { baseImages } from './base-images.ts'

test('baseImages returns images of FROM, without stages and arguments', () => {
  const dockerfile = `
    ARG BASE=node
    FROM ghcr.io/acme/base:1 AS build
    from --platform=linux/amd64 node:24
    FROM build AS test
    FROM $BASE
    FROM scratch
    COPY --from=test /a /b
    # FROM commented
  `
  expect(baseImages(dockerfile)).toEqual(['ghcr.io/acme/base:1', 'node:24'])
})
