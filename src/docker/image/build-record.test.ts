import { expect, test } from 'vitest'
import { buildError } from './build-error.ts'
import { buildkitRecord, classicRecord } from './build-record.ts'

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
const build = { context: '/app' }
const tag = 'mesocosm/x:1'

test('a build by BuildKit shows each step once and its output by lines', () => {
  const shown: string[] = []
  const record = buildkitRecord((text) => shown.push(text))
  const umlaut = Buffer.from('ü\n')
  record.add(step('i', '[internal] load remote build context'))
  record.add(step('c', 'copy /context /'))
  record.add(step('a', '[2/3] COPY mesocosm-context/. /'))
  record.add(step('a', '[2/3] COPY mesocosm-context/. /'))
  record.add(output('a', 'one\r\ntw'))
  record.add(output('a', 'o \u001b[31mred\u001b[0m'))
  record.add(output('a', umlaut.subarray(0, 1)))
  record.add(output('a', umlaut.subarray(1)))
  record.add({ stream: 'Successfully tagged x\n' })
  expect(shown).toEqual(['[2/3] COPY . /', 'one', 'two redü', 'Successfully tagged x'])
})

test('the last lines are those of the step that failed, not of the ones that were cancelled', () => {
  const record = buildkitRecord(undefined)
  record.add(step('a', '[one 2/2] RUN sleep'))
  record.add(step('b', '[two 2/2] RUN make'))
  record.add(output('b', 'make: '))
  record.add(output('a', 'sleeping\n'))
  record.add(output('b', 'no rule'))
  record.add(step('a', '[one 2/2] RUN sleep', 'process did not complete: context canceled'))
  record.add(step('b', '[two 2/2] RUN make', 'exit code: 2'))
  const error = buildError(new Error('exit code: 2'), { tag, build, recipe, record })
  expect(error).toMatchObject({
    code: 'BUILD_FAILED',
    details: ['[two 2/2] RUN make'],
    lastLogs: ['make: no rule'],
    facts: { image: tag, context: '/app', dockerfile: 'Dockerfile', step: '[two 2/2] RUN make' },
  })
})

test('only the last 40 lines are kept', () => {
  const record = buildkitRecord(undefined)
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
  record.add(step('a', '[2/2] RUN make', 'exit code: 1'))
  record.add(output('a', lines.join('\n')))
  expect(record.lastLines()).toEqual(lines.slice(10))
})

test('a step that finds the disk full is DISK_FULL', () => {
  const record = classicRecord(undefined)
  record.add({ stream: 'Step 2/2 : RUN make\n' })
  record.add({ stream: "dd: error writing 'x': No space left on device\n" })
  const error = buildError(new Error('returned a non-zero code: 1'), { tag, build, recipe, record })
  expect(error).toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringContaining("writing 'x'"),
    remedy: expect.stringContaining('docker system df'),
    details: ['Step 2/2 : RUN make'],
  })
})
