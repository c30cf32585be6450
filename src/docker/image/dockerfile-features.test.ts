// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { expect, test } from 'vitest'
import { refuseUnbuildable } from './build-refusal.ts'
import type { Builder } from './builder.ts'
import { buildkitFeatures, mountsFiles, sessionFeatures } from './dockerfile-features.ts'

// Flags and arguments of https://docs.docker.com/reference/dockerfile
test.each([
  ['FROM a\nRUN make', []],
  ['FROM a\nCOPY --from=b --chown=1 x y\nADD --chown=1 x y', []],
  ['FROM a\nRUN echo --mount=x', []],
  ['FROM a\n\n# why\nRUN --mount=type=cache,target=/c \\\n  make', ['4: RUN --mount']],
  ['FROM a\nRUN --network=none make', ['2: RUN --network']],
  ['FROM a\nCOPY --chmod=755 --link x y', ['2: COPY --chmod', '2: COPY --link']],
  ['FROM a\nCOPY --exclude=*.md . .', ['2: COPY --exclude']],
  ['FROM a\nADD --checksum=sha256:0 https://a/ /', ['2: ADD --checksum']],
  ['FROM a\nRUN <<EOF\nCOPY --link x\nEOF\nCOPY <<A /a\nA', ['2: RUN <<', '5: COPY <<']],
  ['FROM a\nRUN echo $((1 << X))', []],
  ['# syntax=docker/dockerfile:1\nFROM a', ['1: # syntax']],
  ['# escape=`\n# syntax = x/y\nFROM a', ['2: # syntax']],
  ['# why\n# syntax=docker/dockerfile:1\nFROM a', []],
  ['FROM a\nARG TARGETARCH', ['2: ARG TARGETARCH']],
  ['FROM a\nARG TARGETARCH=amd64 OTHER', []],
  ['FROM --platform=$BUILDPLATFORM a', ['1: FROM $BUILDPLATFORM']],
  ['FROM --platform=${TARGETPLATFORM:-linux/amd64} a', []],
  ['FROM a-${TARGETARCH}', ['1: FROM $TARGETARCH']],
])('what of %j needs BuildKit', (dockerfile, expected) => {
  expect(buildkitFeatures(dockerfile).map(({ line, name }) => `${line}: ${name}`)).toEqual(expected)
})

test('an automatic argument that the build gives needs no BuildKit', () => {
  expect(buildkitFeatures('FROM a\nARG TARGETARCH', { TARGETARCH: 'arm64' })).toEqual([])
})

test('mounts of secrets and SSH agents need a session', () => {
  const dockerfile =
    'FROM a\nRUN --mount=type=cache,target=/c --mount=type=secret,id=x make\nRUN --mount=id=y,type=ssh make\nRUN echo --mount=type=ssh'
  expect(sessionFeatures(dockerfile)).toEqual([
    { line: 2, name: 'RUN --mount=type=secret', type: 'secret', id: 'x' },
    { line: 3, name: 'RUN --mount=type=ssh', type: 'ssh', id: 'y' },
  ])
})

test('a build is refused with every line and the cause', () => {
  const build = { context: '/app' }
  const recipe = 'FROM a\nRUN <<EOF\nx\nEOF\nCOPY --link x y'
  expect(() => refuseUnbuildable(recipe, { kind: 'classic' }, build)).toThrow(
    expect.objectContaining({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('the engine has no BuildKit'),
      details: ['line 2: RUN <<', 'line 5: COPY --link'],
      facts: { context: '/app', dockerfile: 'Dockerfile', line: 2 },
    }),
  )
  for (const kind of ['buildkit', 'buildah'] as const) refuseUnbuildable(recipe, { kind }, build)
})

test('declared agents are refused where a build cannot have them', () => {
  const recipe = 'FROM a\nRUN --mount=type=secret,id=a --mount=type=ssh x'
  const build = { context: '/app', secrets: { a: { secret: 'x' } }, ssh: { default: '/a' } }
  const refusal = (kind: Builder['kind'], more: object) => () =>
    refuseUnbuildable(recipe, { kind }, { ...build, ...more })
  refusal('buildkit', {})()
  expect(refusal('buildah', {})).toThrow(/no SSH agents.*: line 2: RUN --mount=type=ssh \[/)
  expect(refusal('classic', {})).toThrow(/no BuildKit.*line 2: RUN --mount/)
  // As everywhere, what is not declared is not mounted.
  refusal('buildah', { ssh: {} })()
})

test.each([
  ['--mount=target=/src', true],
  ['--mount=type=bind,source=a.txt,target=/a', true],
  ['--mount=type=bind,from=one,target=/a', false],
  ['--mount=from=one,target=/a', false],
  ['--mount=type=cache,target=/c --mount=type=secret,id=x', false],
])('a mount of files of the build is found: %s', (flags, expected) => {
  expect(mountsFiles(`FROM a\nRUN ${flags} x`)).toBe(expected)
})

test('a secret is named by its target if it has no id', () => {
  const ids = (flags: string) => sessionFeatures(`FROM a\nRUN ${flags} x`).map(({ id }) => id)
  expect(ids('--mount=type=secret,target=/root/.npmrc --mount=type=ssh')).toEqual([
    '.npmrc',
    'default',
  ])
})
