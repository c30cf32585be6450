import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeLock } from '../../lock/lock-file.ts'
import { createMemoryRuntime } from '../../runtime/memory/memory-runtime.ts'
import { readPins } from './with-pins.ts'

const project = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-pins-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, 'package.json'), '{}')
  return root
}

const run = async () => 0
const digest = `sha256:${'a'.repeat(64)}`

test('an image is the locked one, whatever its name stands for now, also without a network', async () => {
  const root = project()
  await using runtime = createMemoryRuntime({ programs: { db: run } })
  const request = { kind: 'pull', reference: 'db' } as const
  const { id } = await runtime.image(request)
  const { digest } = await runtime.registryImage('db')
  const images = { 'db:latest': { digest, platforms: [], ids: {}, usedBy: ['shop'] } }
  await writeLock(root, { images })
  runtime.replaceImage('db', run)
  const info = await runtime.info()
  const withPins = await readPins(root, info)
  const pinned = await runtime.image(withPins(request))
  expect(pinned).toMatchObject({ id, reference: `db@${digest}` })
  expect((await runtime.image(request)).id).not.toBe(id)
  const bytes = await Array.fromAsync(
    await runtime.saveImages([{ reference: pinned.reference, locked: { image: 'db', digest } }]),
  )
  await runtime.remove('image', pinned.reference)
  await runtime.loadImages(bytesOf(bytes))
  expect((await runtime.image(withPins({ kind: 'local', reference: 'db' }))).id).toBe(id)
})

test('builds get the pins of all images; a name with a digest needs no lock file', async () => {
  const root = project()
  const info = { architecture: 'amd64' }
  const build = { kind: 'build', name: 'x', build: { context: root } } as const
  const byDigest = { kind: 'pull', reference: `db@${digest}` } as const
  const none = await readPins(root, info)
  expect(none(build)).toEqual(build)
  expect(none(byDigest)).toEqual({ ...byDigest, pin: { digest } })
  const locked = { digest, platforms: [], usedBy: [], ids: { 'linux/amd64': digest } }
  const local = { platforms: [], ids: {}, usedBy: [] }
  await writeLock(root, { images: { 'db:1': locked, local } })
  const some = await readPins(root, info)
  expect(some(build)).toEqual({ ...build, pins: { 'db:1': { digest, id: digest } } })
  expect(some({ kind: 'pull', reference: 'docker.io/library/db:1' })).toHaveProperty('pin')
  expect(some({ kind: 'pull', reference: 'other' })).not.toHaveProperty('pin')
})

async function* bytesOf(chunks: readonly Uint8Array[]) {
  yield* chunks
}
