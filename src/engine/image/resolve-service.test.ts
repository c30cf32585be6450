import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { createMemoryRecord } from '../../client/record/memory-record.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { EngineContext } from '../run/context.ts'
import { ImageWorks } from './image-works.ts'
import { imageSource, resolveService } from './resolve-service.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-digest-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'd'))
  writeFileSync(join(folder, 'd/a.txt'), 'a')
})

const events: RunEvent[] = []

const filesOf = async (from: string) => {
  const runtime = { image: async () => ({}) } as unknown as Runtime
  events.length = 0
  const images = new ImageWorks(createMemoryRecord())
  const context = { runtime, images, progress: (event: RunEvent) => events.push(event) }
  const { files } = await resolveService(
    context as unknown as EngineContext,
    { topology: 'shop', root: folder, name: 'api' },
    {
      request: { kind: 'pull', reference: 'x' },
      spec: { image: 'x', files: [{ from: join(folder, from), to: '/d' }] },
    },
  )
  return files[0]?.digest
}

test('links count by their target, also dangling ones and ones to themselves', async () => {
  const link = join(folder, 'd/link')
  const plain = await filesOf('d')
  symlinkSync('/no/such/file', link)
  const dangling = await filesOf('d')
  unlinkSync(link)
  symlinkSync('.', link)
  const self = await filesOf('d')
  expect(new Set([plain, dangling, self]).size).toBe(3)
  expect(await filesOf('d')).toBe(self)
})

test('the digest changes with content, names and modes that are copied', async () => {
  const digests = [await filesOf('d')]
  const change = async (act: () => void) => {
    act()
    digests.push(await filesOf('d'))
  }
  await change(() => writeFileSync(join(folder, 'd/a.txt'), 'b'))
  await change(() => chmodSync(join(folder, 'd/a.txt'), 0o755))
  await change(() => mkdirSync(join(folder, 'd/empty')))
  await change(() => writeFileSync(join(folder, 'd/empty/x'), ''))
  expect(new Set(digests).size).toBe(digests.length)
})

test('a FIFO in a folder is left out with a note, and never opened', async () => {
  const before = await filesOf('d')
  execFileSync('mkfifo', [join(folder, 'd/pipe')])
  expect(await filesOf('d')).toBe(before)
  expect(events).toEqual([
    { kind: 'image', service: 'api', line: `not copied: ${join(folder, 'd/pipe')} (a FIFO)` },
  ])
})

test('a FIFO, a missing file and a dangling link that are named are refused', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')])
  symlinkSync('/no/such/file', join(folder, 'dangling'))
  await expect(filesOf('pipe')).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
    message: expect.stringContaining('is a FIFO, which cannot be copied'),
    facts: { path: join(folder, 'pipe') },
  })
  for (const name of ['missing', 'dangling'])
    await expect(filesOf(name)).rejects.toMatchObject({
      code: 'TOPOLOGY_INVALID',
      message: expect.stringContaining('could not be read: ENOENT'),
    })
})

test('the platform of a service is that of its image, pulled or built, unless the build has one', async () => {
  const request = async (spec: ServiceSpec) => {
    const runtime = {} as unknown as Runtime
    const source = { topology: 'shop', root: folder, name: 'api', spec }
    return (await imageSource(runtime, source)).request
  }
  const platform = 'linux/arm64'
  expect(await request({ image: 'x', platform })).toEqual({
    kind: 'pull',
    reference: 'x',
    platform,
  })
  expect(await request({ image: 'x' })).toEqual({ kind: 'pull', reference: 'x' })
  const build = { context: '/api' }
  expect(await request({ build, platform })).toMatchObject({ build: { ...build, platform } })
  const own = { ...build, platform: 'linux/amd64' }
  expect(await request({ build: own })).toMatchObject({ build: own })
})

test('a service that runs as a process needs neither its image nor its files', async () => {
  const asked: unknown[] = []
  const runtime = {
    relayImage: async () => ({ reference: 'relay' }),
    image: async (request: unknown) => asked.push(request),
  } as unknown as Runtime
  const images = new ImageWorks(createMemoryRecord())
  const context = { runtime, images, progress: () => {} } as unknown as EngineContext
  const spec: ServiceSpec = {
    build: { context: join(folder, 'missing') },
    files: [{ from: join(folder, 'not built'), to: '/app' }],
    local: { command: ['node'], cwd: folder },
  }
  const where = { topology: 'shop', root: folder, name: 'api' }
  const source = await imageSource(runtime, { ...where, spec, isLocal: true })
  expect(await resolveService(context, where, source)).toMatchObject({
    image: { reference: 'relay' },
    files: [],
  })
  expect(asked).toEqual([])
})
