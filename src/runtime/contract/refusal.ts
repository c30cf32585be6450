import { beforeEach, describe, expect, test } from 'vitest'
import { type ContractHarness, skipWithout } from './harness.ts'
import type { Scene } from './scene.ts'

/** Registers tests of images, and of errors: each has its code and a remedy. */
export const refusalContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness
  const refusal = (code: string) => ({ code, remedy: expect.any(String) })

  describe('images', () => {
    beforeEach((context) => context.skip(skip.images !== undefined, skip.images))

    test('image returns what is in an image that exists, pulled or local', async () => {
      const { runtime, image } = scene()
      const info = await runtime.image({ kind: 'pull', reference: image })
      expect(info).toMatchObject({ reference: image, hasHealthcheck: false })
      expect(info.id).toMatch(/^sha256:[0-9a-f]{64}$/)
      expect(await runtime.image({ kind: 'local', reference: image })).toEqual(info)
    })

    test('image returns an image for a platform that it has, and IMAGE_NOT_FOUND for another', async () => {
      const { runtime, image: reference } = scene()
      const { id, platform } = await runtime.image({ kind: 'local', reference })
      if (platform !== undefined) {
        const found = await runtime.image({ kind: 'pull', reference, platform })
        expect(found).toMatchObject({ id, reference })
      }
      const other = { kind: 'local', reference, platform: 'plan9/mips' } as const
      await expect(runtime.image(other)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' })
    })

    test('image reports a missing local image as IMAGE_NOT_FOUND', async () => {
      const request = { kind: 'local', reference: 'mesocosm/never-was:1' } as const
      await expect(scene().runtime.image(request)).rejects.toMatchObject(refusal('IMAGE_NOT_FOUND'))
    })
  })

  describe('refusals', () => {
    test('inspect returns undefined for a missing container', async () => {
      expect(await scene().runtime.inspect('mesocosm-never-was')).toBeUndefined()
    })

    test('create reports a missing image as IMAGE_NOT_FOUND', async (context) => {
      context.skip(skip.images !== undefined, skip.images)
      const { runtime, name, labels, home } = scene()
      const own = { kind: 'own', network: home.network, aliases: [] } as const
      const spec = { name: name('x'), image: 'mesocosm/never-was:1', labels, network: own }
      await expect(runtime.create(spec)).rejects.toMatchObject(refusal('IMAGE_NOT_FOUND'))
    })

    test('start reports a missing container as SERVICE_START_FAILED', async () => {
      await expect(scene().runtime.start('mesocosm-never-was')).rejects.toMatchObject(
        refusal('SERVICE_START_FAILED'),
      )
    })

    test('start reports a sandbox that is gone as SERVICE_START_FAILED', async (context) => {
      context.skip(skip['lost sandboxes'] !== undefined, skip['lost sandboxes'])
      const { runtime, program, programs, startSandbox, home } = scene()
      skipWithout(context, runtime, harness, 'createSandbox')
      const sandbox = await startSandbox(home.network)
      const id = await program(sandbox, programs.wait())
      await runtime.signal(sandbox, 'SIGKILL')
      await runtime.remove('container', sandbox)
      await expect(runtime.start(id)).rejects.toMatchObject(refusal('SERVICE_START_FAILED'))
    })

    test('start reports a program that the image lacks as SERVICE_START_FAILED', async (context) => {
      context.skip(skip['unknown programs'] !== undefined, skip['unknown programs'])
      const { runtime, program, home } = scene()
      const id = await program(home.sandbox, ['no-such-program'])
      await expect(runtime.start(id, () => undefined)).rejects.toMatchObject({
        ...refusal('SERVICE_START_FAILED'),
        message: expect.stringContaining('no-such-program'),
      })
    })

    test('create reports a missing host path of a mount as SERVICE_START_FAILED', async (context) => {
      const reason = skip['mount errors'] ?? skip.mounts
      context.skip(reason !== undefined, reason)
      const { program, programs, home } = scene()
      const mounts = [{ from: '/no/such/folder', to: '/x' }]
      await expect(program(home.sandbox, programs.wait(), { mounts })).rejects.toMatchObject({
        ...refusal('SERVICE_START_FAILED'),
        message: expect.stringContaining('/no/such/folder'),
      })
    })
  })
}
