import { expect, test } from 'vitest'
import { buildError } from './build-error.ts'
import { buildahRecord, buildkitRecord, classicRecord } from './build-record.ts'

/** A field of a protobuf message with bytes; see https://protobuf.dev/programming-guides/encoding */
const field = (number: number, content: string | Uint8Array): Uint8Array => {
  const bytes = Buffer.from(content)
  const size = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
  return Buffer.concat([Uint8Array.from([number * 8 + 2, ...size]), bytes])
}

const line = (...fields: readonly Uint8Array[]) => ({
  id: 'moby.buildkit.trace',
  aux: Buffer.concat(fields).toString('base64'),
})

const step = (digest: string, name: string, error = '') => {
  const failure = error === '' ? [] : [field(7, error)]
  return line(field(1, Buffer.concat([field(1, digest), field(3, name), field(5, ''), ...failure])))
}

const output = (digest: string, text: string | Uint8Array) =>
  line(field(3, Buffer.concat([field(1, digest), field(4, text)])))

const recipe = 'FROM a\nRUN make\n'
const builder = { kind: 'buildkit', platform: 'linux/amd64' } as const
const podman = { kind: 'buildah', platform: 'linux/amd64' } as const
const failed = {
  tag: 'mesocosm/x:1',
  build: { context: '/app' },
  recipe,
  builder,
  hide: (text: string) => text,
}

test('a build by BuildKit shows each step once and its output by lines', () => {
  const shown: string[] = []
  const record = buildkitRecord({ onProgress: (text) => shown.push(text) })
  const umlaut = Buffer.from('ü\n')
  record.add(step('i', '[internal] load remote build context'))
  record.add(step('c', 'copy /context /'))
  record.add(step('a', '[2/3] COPY a.js /'))
  record.add(step('a', '[2/3] COPY a.js /'))
  record.add(output('a', 'one\r\ntw'))
  record.add(output('a', 'o \u001b[31mred\u001b[0m'))
  record.add(output('a', umlaut.subarray(0, 1)))
  record.add(output('a', umlaut.subarray(1)))
  record.add({ stream: 'Successfully tagged x\n' })
  expect(shown).toEqual(['[2/3] COPY a.js /', 'one', 'two redü', 'Successfully tagged x'])
})

test('progress that cannot be read fails no build, and is shown once', () => {
  const shown: string[] = []
  const record = buildkitRecord({ onProgress: (text) => shown.push(text) })
  const garbled = { id: 'moby.buildkit.trace', aux: Buffer.from([0x1a, 9, 1]).toString('base64') }
  for (const next of [garbled, step('a', '[1/1] RUN make'), garbled, garbled]) record.add(next)
  expect(shown).toEqual([
    'progress could not be read: a protobuf message is cut off',
    '[1/1] RUN make',
  ])
})

test('output without an end of line is cut into lines', () => {
  const record = buildkitRecord({})
  for (let sent = 0; sent < 8; sent++) record.add(output('a', 'x'.repeat(8_000)))
  expect(record.lastLines().map(({ length }) => length)).toEqual([16_384, 16_384, 16_384, 14_848])
})

test('the last lines are those of the step that failed, not of the ones that were cancelled', () => {
  const record = buildkitRecord({})
  record.add(step('a', '[one 2/2] RUN sleep'))
  record.add(step('b', '[two 2/2] RUN make'))
  record.add(output('b', 'make: '))
  record.add(output('a', 'sleeping\n'))
  record.add(output('b', 'no rule'))
  record.add(step('a', '[one 2/2] RUN sleep', 'process did not complete: context canceled'))
  record.add(step('b', '[two 2/2] RUN make', 'exit code: 2'))
  const error = buildError(new Error('exit code: 2'), { ...failed, record })
  expect(error).toMatchObject({
    code: 'BUILD_FAILED',
    details: ['[two 2/2] RUN make'],
    lastLogs: ['make: no rule'],
    facts: {
      image: failed.tag,
      context: '/app',
      dockerfile: 'Dockerfile',
      step: '[two 2/2] RUN make',
    },
  })
})

test('only the last 40 lines are kept', () => {
  const record = buildkitRecord({})
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
  record.add(step('a', '[2/2] RUN make', 'exit code: 1'))
  record.add(output('a', lines.join('\n')))
  expect(record.lastLines()).toEqual(lines.slice(10))
})

test.each([
  "dd: error writing 'x': No space left on device",
  'npm error code ENOSPC',
  "E: You don't have enough free space in /var/cache/apt/archives/.",
  'sh: write error: Disk quota exceeded',
])('a step that finds the disk full is DISK_FULL: %s', (words) => {
  const record = classicRecord({})
  record.add({ stream: 'Step 2/2 : RUN make\n' })
  record.add({ stream: `${words}\n` })
  const error = buildError(new Error('returned a non-zero code: 1'), { ...failed, record })
  expect(error).toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringContaining(words),
    remedy: expect.stringContaining('docker system df'),
    details: ['Step 2/2 : RUN make'],
  })
})

test('values of secrets are in no output of a build', () => {
  const shown: string[] = []
  const hide = (text: string) => text.replaceAll('s3cret', '•••')
  for (const create of [buildkitRecord, classicRecord]) {
    const record = create({ onProgress: (text) => shown.push(text), hide })
    record.add(step('a', '[2/2] RUN echo s3cret'))
    record.add(output('a', 'got s3'))
    record.add(output('a', 'cret\n'))
    record.add({ stream: 'Step 2/2 : RUN echo s3cret\n' })
    shown.push(...record.lastLines(), record.step() ?? '')
  }
  expect(shown.join('\n')).toContain('got •••')
  expect(shown.join('\n')).not.toContain('s3cret')
})

test('a cache that could not be read is not the step that failed', () => {
  const record = buildkitRecord({})
  record.add(step('c', 'importing cache manifest from x', 'not found'))
  record.add(step('a', '[2/2] RUN make', 'exit code: 1'))
  expect(record.step()).toBe('[2/2] RUN make')
})

test.each([
  [
    'no match for platform in manifest: not found',
    { code: 'IMAGE_NOT_FOUND', remedy: expect.stringMatching(/linux\/amd64.*`platform`/) },
  ],
  [
    'no word from the registry ghcr.io for 300 s',
    { code: 'IMAGE_PULL_FAILED', message: expect.stringContaining('ghcr.io') },
  ],
  [
    'exec /bin/sh: exec format error',
    { code: 'BUILD_FAILED', remedy: expect.stringContaining('emulation') },
  ],
])('the failure %j of a build names what to do', (words, expected) => {
  const error = buildError(new Error(words), { ...failed, record: buildkitRecord({}) })
  expect(error).toMatchObject(expected)
})

test('a step that misses a secret says where it is declared', () => {
  const text = 'FROM a\nRUN --mount=type=secret,id=npm --mount=type=ssh npm ci\n'
  const record = buildkitRecord({})
  record.add(
    step('a', '[2/2] RUN --mount=type=secret,id=npm --mount=type=ssh npm ci', 'exit code: 1'),
  )
  const error = buildError(new Error('exit code: 1'), { ...failed, recipe: text, record })
  expect(error.remedy).toMatch(
    /secret npm \(line 2\) in `build\.secrets`, ssh default \(line 2\) in `build\.ssh`/,
  )
})

test('a build by Podman has the step that failed, and the layers that it made itself', () => {
  const shown: string[] = []
  const record = buildahRecord({ onProgress: (text) => shown.push(text) })
  const lines = [
    '[1/2] STEP 1/2: FROM a AS one',
    '[1/2] STEP 2/2: ENV A=1',
    `--> Using cache ${'c'.repeat(64)}`,
    `--> ${'c'.repeat(12)}`,
    '[2/2] STEP 1/3: FROM a',
    '[2/2] STEP 2/3: COPY a.txt /',
    `--> ${'d'.repeat(12)}`,
    '[2/2] STEP 3/3: RUN make',
    'no rule',
  ]
  for (const line of lines) record.add({ stream: `${line}\n` })
  expect(record.layers()).toEqual(['d'.repeat(12)])
  expect(shown).toContain('[2/2] STEP 2/3: COPY a.txt /')
  const cause = new Error('building at STEP "RUN make": while running runtime: exit status 2')
  expect(buildError(cause, { ...failed, record, builder: podman })).toMatchObject({
    code: 'BUILD_FAILED',
    details: ['[2/2] STEP 3/3: RUN make'],
    lastLogs: expect.arrayContaining(['no rule']),
  })
})

test.each([
  ['COPY --link a /', 'COPY --link is not supported', 'COPY --link (line 2)'],
  ['RUN --device=x true', 'RUN only supports the --mount and --network flag', 'RUN --device'],
  ['RUNN make', 'Build error: Unknown instruction: "RUNN"', 'the Dockerfile'],
])('what Podman does not know is named: %s', (instruction, words, name) => {
  const record = buildahRecord({})
  record.add({ stream: `STEP 2/2: ${instruction}\n` })
  const error = buildError(new Error(`building at STEP "${instruction}": ${words}\n`), {
    ...failed,
    recipe: `FROM a\n${instruction}\n`,
    record,
    builder: podman,
  })
  expect(error).toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringContaining(`too old for ${name}`),
    remedy: expect.stringContaining('update Podman'),
  })
})
