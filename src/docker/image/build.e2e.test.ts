import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ImageInfo, ImageRequest } from '../../runtime/image-request.ts'
import { label } from '../../runtime/labels.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ImageJson } from '../api/api-types.ts'
import { createEngineApi, type EngineApi } from '../api/engine-api.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { discoverEngine } from '../find/discover.ts'
import { testImage } from '../test-image.ts'
import { findBuilder } from './builder.ts'
import { createImages } from './images.ts'

let runtime: Runtime
let api: EngineApi
let base: string
let context: string
const made = new Set<string>()

beforeAll(async () => {
  runtime = await createDockerRuntime()
  const { dialer, endpoint } = await discoverEngine()
  api = createEngineApi(dialer, endpoint)
  base = await baseOfThisFile()
}, 60_000)
afterAll(async () => {
  // Newest first: a parent image goes after its children.
  for (const reference of [...made].toReversed()) await runtime.remove('image', reference)
  await runtime[Symbol.asyncDispose]()
}, 60_000)
beforeEach(async () => {
  context = await mkdtemp(join(tmpdir(), 'mesocosm-build-'))
})
afterEach(() => rm(context, { recursive: true }))

const name = `build-test-${process.pid}`

const request = (more = {}): ImageRequest => ({ kind: 'build', name, build: { context, ...more } })

const dockerfile = (...lines: readonly string[]): Promise<void> =>
  writeFile(join(context, 'Dockerfile'), `FROM ${base}\n${lines.join('\n')}\n`)

/** A step as BuildKit or Podman shows it. */
const step = (number: number, text: string) =>
  expect.stringMatching(new RegExp(`^(\\[${number}/\\d\\]|STEP ${number}/\\d:) ${text}`))

const isRun = (line: string): boolean => /^(?:\[2\/2\]|STEP 2\/\d:) RUN/.test(line)

const build = async (more = {}, onProgress?: (line: string) => void): Promise<ImageInfo> => {
  const info = await runtime.image(request(more), onProgress === undefined ? {} : { onProgress })
  made.add(info.reference)
  return info
}

/** Builds a base image that no other test uses: what descends from it is of this file. */
const baseOfThisFile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-build-'))
  await writeFile(
    join(folder, 'Dockerfile'),
    `FROM ${await testImage()}\nRUN echo ${randomUUID()} > /base\n`,
  )
  const info = await runtime.image({
    kind: 'build',
    name: `${name}-base`,
    build: { context: folder },
  })
  await rm(folder, { recursive: true })
  made.add(info.reference)
  return info.reference
}

/** Ids of the images that begin with the base image of this file, and of the containers that run one of them. */
const stock = async (): Promise<string[]> => {
  const query = { all: 1 }
  const [containers, images] = await Promise.all([
    api.json<{ Id: string; ImageID: string }[]>('GET', '/containers/json', { query }),
    api.json<{ Id: string }[]>('GET', '/images/json', { query }),
  ])
  const layersOf = async (id: string): Promise<readonly string[]> => {
    // An image of another test may be removed meanwhile.
    const json = await api
      .json<{ RootFS: { Layers?: readonly string[] } }>('GET', `/images/${id}/json`)
      .catch(() => undefined)
    return json?.RootFS.Layers ?? []
  }
  const last = (await layersOf(base)).at(-1)
  const family = new Set<string>()
  for (const { Id } of images)
    if (last !== undefined && (await layersOf(Id)).includes(last)) family.add(Id)
  return [...containers.filter((row) => family.has(row.ImageID)).map((row) => row.Id), ...family]
}

describe('building an image', { timeout: 240_000 }, () => {
  test('a build runs once per content, reports progress, and labels the image with the hash', async () => {
    await dockerfile('ENV GREETING=hello', 'EXPOSE 80 53/udp 443', 'COPY a.txt /a.txt')
    await writeFile(join(context, 'a.txt'), 'one')
    const lines: string[] = []
    const first = await build({}, (line) => lines.push(line))
    expect(first).toMatchObject({
      reference: expect.stringMatching(new RegExp(`^mesocosm/${name}:[0-9a-f]{16}$`)),
      env: expect.objectContaining({ GREETING: 'hello' }),
      exposedPorts: [80, 443],
      hasHealthcheck: false,
    })
    expect(lines).toContainEqual(expect.stringMatching(/^(\[|STEP )\d.* COPY a\.txt \/a\.txt$/))
    const again: string[] = []
    expect(await build({}, (line) => again.push(line))).toEqual(first)
    expect(again).toEqual([])
    const json = await api.json<ImageJson>('GET', `/images/${first.reference}/json`)
    const hash = json.Config?.Labels?.[label.contentHash]
    expect(hash?.slice(0, 16)).toBe(first.reference.split(':')[1])
    await writeFile(join(context, 'a.txt'), 'two')
    expect((await build()).reference).not.toBe(first.reference)
  })

  test('a build takes target and arguments, and its image shows a health check', async () => {
    await dockerfile(
      'ARG COLOUR=red',
      'ENV COLOUR=$COLOUR',
      'HEALTHCHECK CMD true',
      `FROM ${base} AS later`,
      'RUN exit 1',
    )
    const file = join(context, 'Dockerfile')
    await writeFile(
      file,
      `FROM ${base} AS first\nARG COLOUR=red\nENV COLOUR=$COLOUR\nHEALTHCHECK CMD true\nFROM first\nRUN exit 1\n`,
    )
    const info = await build({ target: 'first', args: { COLOUR: 'blue' } })
    expect(info).toMatchObject({ env: { COLOUR: 'blue' }, hasHealthcheck: true })
  })

  test('concurrent requests for the same content share one build', async () => {
    await dockerfile('RUN date +%s%N > /when')
    const lines: string[] = []
    const infos = await Promise.all([
      build({}, (line) => lines.push(line)),
      build({}, (line) => lines.push(line)),
      build({}, (line) => lines.push(line)),
    ])
    expect(new Set(infos.map(({ id }) => id)).size).toBe(1)
    expect(lines.filter(isRun).length).toBe(3)
  })

  test('a failed build reports its step and last output, and leaves nothing behind', async () => {
    const before = await stock()
    await dockerfile(
      'RUN echo prepared > /prepared',
      'RUN for i in $(seq 60); do echo "line $i"; done; sleep 0.1; echo no good >&2; exit 9',
    )
    const failure = await runtime.image(request()).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'BUILD_FAILED',
      remedy: expect.any(String),
      details: [step(3, 'RUN for i in')],
      facts: { context, dockerfile: 'Dockerfile' },
    })
    const { lastLogs } = failure as { lastLogs: string[] }
    expect(lastLogs).toHaveLength(40)
    expect(lastLogs.join('\n')).toContain('line 60')
    expect(lastLogs.join('\n')).toContain('no good')
    expect((await stock()).filter((id) => !before.includes(id))).toEqual([])
  })

  test('the classic builder leaves neither stages nor layers of a failed build behind', async ({
    skip,
  }) => {
    const builder = await findBuilder(api)
    skip(builder.kind === 'buildah', 'Podman has no classic builder')
    const classic = createImages(api, async () => ({ ...builder, kind: 'classic' }))
    const before = await stock()
    const left = async () => (await stock()).filter((id) => !before.includes(id))
    const stages = ['RUN echo 1 > /one', `FROM ${base} AS two`, 'RUN echo 2 > /two', `FROM ${base}`]
    await dockerfile(...stages, 'COPY --from=0 /one /', 'COPY --from=two /two /', 'RUN exit 1')
    await expect(classic.image(request())).rejects.toMatchObject({ code: 'BUILD_FAILED' })
    expect(await left()).toEqual([])
    await dockerfile(...stages, 'COPY --from=0 /one /', 'COPY --from=two /two /')
    made.add((await classic.image(request())).reference)
    // The layers that the image was made of are not shown: they go with it.
    const filters = { dangling: ['true'] }
    const nameless = await api.json<{ Id: string }[]>('GET', '/images/json', { query: { filters } })
    const ids = nameless.map(({ Id }) => Id)
    expect((await left()).filter((id) => ids.includes(id))).toEqual([])
  })

  test('removal of the last version of an image leaves nothing of its builds', async () => {
    const before = await stock()
    const file = join(context, 'Dockerfile')
    const other = { ...request(), name: `${name}-stages` } as ImageRequest
    const versions: string[] = []
    for (const version of [1, 2]) {
      const stage = `FROM ${base} AS one\nRUN echo ${version} > /one\n`
      await writeFile(file, `${stage}FROM ${base}\nCOPY --from=one /one /\nRUN test -f /one\n`)
      versions.push((await runtime.image(other)).reference)
    }
    for (const reference of versions) await runtime.remove('image', reference)
    expect((await stock()).filter((id) => !before.includes(id))).toEqual([])
  })

  test('a failed build keeps layers of an earlier one', async () => {
    await dockerfile('RUN echo shared > /shared')
    const { reference } = await build()
    await dockerfile('RUN echo shared > /shared', 'RUN exit 1')
    await expect(runtime.image(request())).rejects.toMatchObject({ code: 'BUILD_FAILED' })
    expect(await runtime.image({ kind: 'pull', reference })).toMatchObject({ reference })
  })

  test.each([
    [
      'an ill-formed Dockerfile',
      'FRUM x\n',
      /unknown instruction: FRUM|no FROM statement|requires a FROM instruction/i,
    ],
    ['an empty Dockerfile', '\n', /no (instructions|stages)/i],
    ['a missing file to copy', 'FROM scratch\nCOPY nothing /\n', /nothing/],
  ])('a build reports %s as BUILD_FAILED', async (_, text, words) => {
    await writeFile(join(context, 'Dockerfile'), text)
    await expect(runtime.image(request())).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(words),
      facts: { context },
    })
  })

  test.each([
    ['with its files', ''],
    ['apart from its files', 'FROM $BASE\nRUN sleep 30\n'],
  ])('a build stops when its only caller aborts, the Dockerfile %s', async (_, inline) => {
    await dockerfile('RUN sleep 30')
    const more = inline === '' ? {} : { dockerfileInline: inline.replace('$BASE', base) }
    const stop = new AbortController()
    const onProgress = (line: string) => isRun(line) && stop.abort(new Error('enough'))
    const failure = runtime.image(request(more), { signal: stop.signal, onProgress })
    await expect(failure).rejects.toMatchObject({ code: 'ABORTED' })
  })
})
