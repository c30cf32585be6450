// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { expect, test } from 'vitest'
import { type BaseImageOptions, baseImages, withNamedBases } from './base-images.ts'

const images = (dockerfile: string, options?: BaseImageOptions) =>
  baseImages(dockerfile, options).map(({ reference }) => reference)

test('baseImages returns images of FROM, without stages and scratch', () => {
  const dockerfile = `
    FROM ghcr.io/acme/base:1 AS build
    from --platform=linux/amd64 node:24
    FROM BUILD AS test
    FROM scratch
    COPY --from=test /a /b
    # FROM commented
  `
  expect(baseImages(dockerfile)).toEqual([
    { reference: 'ghcr.io/acme/base:1', platform: false },
    { reference: 'node:24', platform: true },
  ])
})

test('baseImages returns images of COPY --from and RUN --mount, without stages by name and number', () => {
  const dockerfile = `
    FROM a AS one
    FROM b
    COPY --from=0 / /
    COPY --chown=1 --from=One / /
    COPY --from=tools:2 --link /x /y
    RUN --mount=type=bind,from=gcc:14,target=/x --mount=type=cache,target=/y make
    COPY --from="quoted:3" /x /y
    RUN --mount=type=bind,From=clang:19,target=/x make
    RUN echo --from=nothing
  `
  expect(images(dockerfile)).toEqual(['a', 'b', 'tools:2', 'gcc:14', 'quoted:3', 'clang:19'])
})

// Forms of https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact
test.each([
  ['ARG V=24\nFROM node:$V', {}, ['node:24']],
  ['ARG V=24\nFROM node:$V', { V: '22' }, ['node:22']],
  ['ARG V\nFROM node:${V}', { V: '22' }, ['node:22']],
  ['ARG V\nFROM node:${V:-20}', {}, ['node:20']],
  ['ARG V=\nFROM node:${V:-20}-${V-none}x', {}, ['node:20-x']],
  ['ARG V=1\nFROM node${V:+:lts}', {}, ['node:lts']],
  ['ARG R=ghcr.io B="$R/base:1"\nFROM "${B}"', {}, ['ghcr.io/base:1']],
  ["ARG B='node:24'\nFROM $B", {}, ['node:24']],
  // Only declared arguments count, and only those before the first FROM.
  ['FROM node:${V:-20}', { V: '22' }, ['node:20']],
  ['FROM a\nARG V=24\nFROM b:${V:-20}', {}, ['a', 'b:20']],
  ['ARG MISSING\nFROM $MISSING', {}, []],
])('baseImages fills in arguments: %j with %j', (dockerfile, args, expected) => {
  expect(images(dockerfile, { args })).toEqual(expected)
})

test('baseImages stops at the target', () => {
  const dockerfile = 'FROM a AS One\nFROM b AS two\nCOPY --from=c / /\nFROM d'
  expect(images(dockerfile, { target: 'one' })).toEqual(['a'])
  expect(images(dockerfile, { target: '1' })).toEqual(['a', 'b', 'c'])
  expect(images(dockerfile, { target: 'unknown' })).toEqual(['a', 'b', 'c', 'd'])
})

test('baseImages reads continued lines, escape directives and here-documents', () => {
  expect(images('FROM \\\n  # why\n\n  a \\\n  AS one\nFROM one')).toEqual(['a'])
  expect(images('# escape=`\nFROM `\n  a\nRUN dir C:\\\nFROM b')).toEqual(['a', 'b'])
  expect(images('FROM a\nRUN <<EOF\nFROM inside\nEOF\nRUN echo $((1 << X))\nFROM b')).toEqual([
    'a',
    'b',
  ])
})

test('baseImages leaves out stages that the target does not need, where the builder does', () => {
  const dockerfile = 'FROM a AS one\nFROM b AS two\nCOPY --from=c / /\nFROM d\nCOPY --from=one / /'
  expect(images(dockerfile, { onlyUsed: true })).toEqual(['a', 'd'])
  expect(images(dockerfile, { onlyUsed: true, target: 'two' })).toEqual(['b', 'c'])
  expect(images(dockerfile)).toEqual(['a', 'b', 'c', 'd'])
})

test.each([
  ['FROM --platform=$BUILDPLATFORM a', [{ reference: 'a', platform: false }]],
  ['FROM --platform=linux/amd64 a', [{ reference: 'a', platform: false }]],
  ['FROM --platform=linux/s390x a', [{ reference: 'a', platform: true }]],
  ['FROM a-${TARGETOS}-$TARGETARCH', [{ reference: 'a-linux-amd64', platform: false }]],
  ['ARG TARGETARCH=arm\nFROM a-$TARGETARCH', [{ reference: 'a-arm', platform: false }]],
])('baseImages knows the platform of the engine: %j', (dockerfile, expected) => {
  expect(baseImages(dockerfile, { platform: 'linux/amd64' })).toEqual(expected)
})

test('withNamedBases names images differently, and keeps stages, flags and line numbers', () => {
  const text = [
    '# syntax=docker/dockerfile:1',
    'ARG V=24',
    'FROM --platform=$BUILDPLATFORM node:${V} AS redis',
    'FROM scratch AS empty',
    'FROM "debian:12" \\',
    '  AS last',
    'COPY --from=redis /a /a',
    'COPY --from=nginx:1 /etc/nginx.conf /etc/',
    'RUN --mount=type=bind,from=tools:2,target=/tools \\',
    '    /tools/run nginx:1',
    'FROM node:24-slim',
  ].join('\n')
  const names = new Map([
    ['node:24', 'node:24@sha256:1'],
    ['debian:12', 'debian:12@sha256:2'],
    ['nginx:1', 'mesocosm/locked/nginx:1-3'],
    ['tools:2', 'tools:2@sha256:4'],
    ['redis', 'wrong'],
    ['last', 'wrong'],
  ])
  expect(withNamedBases(text, { platform: 'linux/amd64' }, names).split('\n')).toEqual([
    '# syntax=docker/dockerfile:1',
    'ARG V=24',
    'FROM --platform=$BUILDPLATFORM node:24@sha256:1 AS redis',
    'FROM scratch AS empty',
    'FROM "debian:12@sha256:2" \\',
    '  AS last',
    'COPY --from=redis /a /a',
    'COPY --from=mesocosm/locked/nginx:1-3 /etc/nginx.conf /etc/',
    'RUN --mount=type=bind,from=tools:2@sha256:4,target=/tools \\',
    '    /tools/run nginx:1',
    'FROM node:24-slim',
  ])
  expect(withNamedBases(text, {}, new Map())).toBe(text)
})
