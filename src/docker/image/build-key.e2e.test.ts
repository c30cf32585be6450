import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ImageInfo } from '../../runtime/image-request.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createEngineApi, type EngineApi } from '../api/engine-api.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { tarOf } from '../api/tar.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { discoverEngine } from '../find/discover.ts'
import { testImage } from '../test-image.ts'

let runtime: Runtime
let api: EngineApi
let debian: string
let context: string
const made = new Set<string>()

const base = `mesocosm-test/base:${process.pid}`
const name = `key-test-${process.pid}`

beforeAll(async () => {
  runtime = await createDockerRuntime()
  const { dialer, endpoint } = await discoverEngine()
  api = createEngineApi(dialer, endpoint)
  debian = await testImage()
}, 60_000)
afterAll(async () => {
  for (const reference of made) await runtime.remove('image', reference)
  await runtime[Symbol.asyncDispose]()
}, 60_000)
beforeEach(async () => {
  context = await mkdtemp(join(tmpdir(), 'mesocosm-key-'))
})
afterEach(() => rm(context, { recursive: true }))

/** Builds the base image without the runtime, under the same tag. */
const buildBase = async (version: string, ...more: readonly string[]): Promise<void> => {
  made.add(base)
  const bytes = Buffer.from(`FROM ${debian}\nENV VERSION=${version}\n${more.join('\n')}\n`)
  const stream = await api.stream('POST', '/build', {
    query: { t: base },
    file: tarOf([{ name: 'Dockerfile', mode: 0o644, content: { kind: 'bytes', bytes } }]),
  })
  for await (const line of readJsonLines<{ error?: string }>(stream))
    if (line.error !== undefined) throw new Error(line.error)
}

const write = (files: Readonly<Record<string, string>>) =>
  Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(context, file), text)))

const build = async (
  as = name,
  { onProgress = () => {}, ...more }: { onProgress?: (line: string) => void } = {},
): Promise<ImageInfo> => {
  const request = { kind: 'build', name: as, build: { context, ...more } } as const
  const info = await runtime.image(
    { ...request, cacheFolder: join(context, '.mesocosm') },
    { onProgress },
  )
  made.add(info.reference)
  return info
}

describe('what decides about a build', { timeout: 60_000 }, () => {
  test.each([
    ['FROM', () => ({ Dockerfile: `FROM ${base}\nCOPY a /\n` })],
    [
      'an argument of FROM',
      () => ({
        Dockerfile: `ARG BASE=${base.split(':')[0]}\nFROM $BASE:${process.pid}\nCOPY a /\n`,
      }),
    ],
  ])('an image is built again when the base named by %s was', async (_, files) => {
    await write({ ...files(), a: 'a' })
    await buildBase('one')
    const first = await build()
    expect(first.env).toMatchObject({ VERSION: 'one' })
    expect(await build()).toEqual(first)
    await buildBase('two')
    const second = await build()
    expect(second.env).toMatchObject({ VERSION: 'two' })
    expect(second.reference).not.toBe(first.reference)
    await buildBase('one')
    expect((await build()).reference).toBe(first.reference)
  })

  test('two services with the same content are one image under two names, built once', async () => {
    // Content that no earlier run has built.
    await write({ Dockerfile: `FROM ${debian}\nRUN echo ${randomUUID()} > /when\n` })
    const lines: string[] = []
    const onProgress = (line: string) => lines.push(line)
    const [one, two] = await Promise.all([
      build(`${name}-one`, { onProgress }),
      build(`${name}-two`, { onProgress: () => {} }),
    ])
    const three = await build(`${name}-three`, { onProgress })
    expect(new Set([one.id, two.id, three.id]).size).toBe(1)
    expect([one, two, three].map(({ reference }) => reference.split(':')[0])).toEqual([
      `mesocosm/${name}-one`,
      `mesocosm/${name}-two`,
      `mesocosm/${name}-three`,
    ])
    expect(lines.filter((line) => /^(\[2\/2\]|STEP 2\/\d:) RUN/.test(line))).toHaveLength(1)
  })

  test.each([
    ['.dockerignore', '.dockerignore\nDockerfile\n'],
    ['.dockerignore', '*\n!a\n'],
    ['Dockerfile.dockerignore', 'Dockerfile*\n'],
  ])('a Dockerfile that %s names does not get into the image: %j', async (file, rules) => {
    await write({
      Dockerfile: `FROM ${debian}\nCOPY . /ctx/\nRUN test "$(ls -A /ctx)" = a\n`,
      [file]: rules,
      // Else the three are the same content.
      a: rules,
    })
    await build()
  })

  test('a Dockerfile apart from its files and a file are sent again when only their content differs', async () => {
    for (const value of ['one', 'two']) {
      await write({
        Dockerfile: `FROM ${debian}\nCOPY a /\nENV MADE=${value}\nRUN test "$(cat /a)" = ${value}\n`,
        '.dockerignore': 'Dockerfile\n',
        a: value,
      })
      expect((await build()).env).toMatchObject({ MADE: value })
    }
  })

  test('a Dockerfile that no rule names is copied, as docker build does', async () => {
    await write({
      Dockerfile: `FROM ${debian}\nCOPY . /ctx/\nRUN test "$(ls -A /ctx | tr '\\n' ' ')" = ".dockerignore Dockerfile a "\n`,
      '.dockerignore': 'b\n',
      a: 'a',
      b: 'b',
    })
    await build()
  })

  test('a base image with ONBUILD finds its files when the Dockerfile is ignored', async () => {
    await buildBase('triggers', 'ONBUILD COPY a /from-base')
    await write({
      Dockerfile: `FROM ${base}\nRUN test "$(cat /from-base)" = triggers\n`,
      '.dockerignore': 'Dockerfile\n',
      a: 'triggers',
    })
    await build()
  })

  test('a base image that is missing everywhere is reported as such', async () => {
    await write({ Dockerfile: 'FROM 127.0.0.1:1/missing:1\n' })
    await expect(build()).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      facts: { image: '127.0.0.1:1/missing:1' },
    })
  })

  test('an image whose base is gone and cannot be pulled is used as it was built before', async () => {
    await write({ Dockerfile: `FROM ${base}\nCOPY a /\n`, a: 'base is gone' })
    await buildBase('gone')
    const first = await build()
    await runtime.remove('image', base)
    const lines: string[] = []
    expect(await build(name, { onProgress: (line) => lines.push(line) })).toEqual(first)
    expect(lines.join('\n')).toContain(`${first.reference} was built before`)
    await write({ a: 'changed' })
    await expect(build()).rejects.toMatchObject({ facts: { image: base } })
  })

  test('an image that is saved from a container has no value of its environment', async () => {
    await buildBase('saved')
    const labels = { 'dev.mesocosm.commit-test': `${process.pid}` }
    const id = await runtime.create({
      name: `commit-test-${process.pid}`,
      image: base,
      labels,
      env: { PASSWORD: 's3cr3t', VERSION: 'other' },
      network: { kind: 'none' },
    })
    try {
      const reference = `${base}-saved`
      made.add(reference)
      const saved = await runtime.commit?.({ container: id, reference, labels })
      expect(saved?.env).toMatchObject({ VERSION: 'saved', PASSWORD: '' })
    } finally {
      await runtime.remove('container', id)
    }
  })
})
