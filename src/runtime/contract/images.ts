import { describe, expect, test } from 'vitest'
import { requireAbility } from '../require-ability.ts'
import { type ContractHarness, skipWithout } from './harness.ts'
import type { Scene } from './scene.ts'

/** Registers tests of the optional methods about images: facts, registries, archives. */
export const imagesContract = (scene: () => Scene, harness: ContractHarness): void => {
  const refusal = (code: unknown) => ({ code, remedy: expect.any(String) })

  describe('images of a topology', () => {
    test('describeImage returns id, size and platform, and undefined for a missing image', async (context) => {
      const { runtime, image } = scene()
      skipWithout(context, runtime, harness, 'describeImage')
      const describeImage = requireAbility(runtime, 'describeImage')
      const { id } = await runtime.image({ kind: 'local', reference: image })
      const { architecture } = await runtime.info()
      expect(await describeImage(image)).toEqual({
        id,
        digests: expect.any(Array),
        bytes: expect.any(Number),
        platform: expect.stringContaining(architecture),
      })
      expect(await describeImage(id)).toMatchObject({ id })
      expect(await describeImage('mesocosm/never-was:1')).toBeUndefined()
    })

    test('registryImage reports an image that cannot be looked up, with a remedy', async (context) => {
      const { runtime } = scene()
      skipWithout(context, runtime, harness, 'registryImage')
      const lookup = requireAbility(runtime, 'registryImage')('127.0.0.1:1/never-was:1')
      await expect(lookup).rejects.toMatchObject(
        refusal(expect.stringMatching(/^IMAGE_(NOT_FOUND|PULL_FAILED)$|^RUNTIME_UNSUPPORTED$/)),
      )
    })

    test('image reports a pin that the engine lacks as IMAGE_NOT_FOUND, whatever has the name', async (context) => {
      const { skip = {} } = harness
      context.skip(skip.images !== undefined, skip.images)
      const { runtime, image } = scene()
      const pin = { digest: `sha256:${'0'.repeat(64)}` }
      await expect(runtime.image({ kind: 'local', reference: image, pin })).rejects.toMatchObject(
        refusal('IMAGE_NOT_FOUND'),
      )
      await expect(
        runtime.image({ kind: 'local', reference: `${image}@${pin.digest}` }),
      ).rejects.toMatchObject(refusal('IMAGE_NOT_FOUND'))
    })

    test('an archive brings an image back, by its name and by the digest of its pin', async (context) => {
      const { runtime, program, programs, home, labels, name } = scene()
      for (const ability of ['commit', 'saveImages', 'loadImages'] as const)
        skipWithout(context, runtime, harness, ability)
      const reference = `mesocosm/contract-${process.pid}:saved`
      const container = await program(home.sandbox, programs.print(1, 0), {
        files: [{ content: name('content'), to: '/saved.txt' }],
      })
      const made = await requireAbility(runtime, 'commit')({ container, reference, labels })
      await runtime.remove('container', container)
      const digest = `sha256:${'1'.repeat(64)}`
      const saved = [{ reference }, { reference, locked: { image: reference, digest } }]
      const archive = await Array.fromAsync(await requireAbility(runtime, 'saveImages')(saved))
      await runtime.remove('image', reference)
      const local = { kind: 'local', reference } as const
      await expect(runtime.image(local)).rejects.toMatchObject(refusal('IMAGE_NOT_FOUND'))

      await requireAbility(runtime, 'loadImages')(chunksOf(archive))
      const back = await runtime.image(local)
      const pinned = await runtime.image({ ...local, pin: { digest } })
      try {
        // Engines that name images by their manifest make another one.
        expect(back.id).toBe(pinned.id)
        expect(back).toMatchObject({ env: made.env, exposedPorts: made.exposedPorts })
        const again = await program(home.sandbox, programs.wait(), { image: pinned.reference })
        await runtime.start(again)
        const { stdout } = await runtime.exec(again, { argv: programs.exec.show('/saved.txt') })
        expect(stdout).toContain('content')
        await runtime.remove('container', again)
      } finally {
        await runtime.remove('image', reference)
        await runtime.remove('image', pinned.reference)
      }
    })

    test('loadImages reports what is not a complete archive as IMAGE_ARCHIVE_INVALID', async (context) => {
      const { runtime, image } = scene()
      for (const ability of ['saveImages', 'loadImages'] as const)
        skipWithout(context, runtime, harness, ability)
      const load = requireAbility(runtime, 'loadImages')
      const chunks = await Array.fromAsync(
        await requireAbility(runtime, 'saveImages')([{ reference: image }]),
      )
      const bytes = Buffer.concat(chunks)
      for (const part of [Buffer.from('not an archive'), bytes.subarray(0, bytes.length >> 1)])
        await expect(load(chunksOf([part]))).rejects.toMatchObject(refusal('IMAGE_ARCHIVE_INVALID'))
    })

    test('loadImages throws what reading the archive throws', async (context) => {
      const { runtime } = scene()
      skipWithout(context, runtime, harness, 'loadImages')
      const failure = new Error('the disk is broken')
      const load = requireAbility(runtime, 'loadImages')(failing(failure))
      await expect(load).rejects.toBe(failure)
    })

    test('saveImages reports a missing image as IMAGE_NOT_FOUND', async (context) => {
      const { runtime } = scene()
      skipWithout(context, runtime, harness, 'saveImages')
      const saving = requireAbility(runtime, 'saveImages')([{ reference: 'mesocosm/never-was:1' }])
      await expect(saving).rejects.toMatchObject(refusal('IMAGE_NOT_FOUND'))
    })
  })
}

// ---

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function* failing(failure: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(1024)
  throw failure
}
