import { describe, expect, test } from 'vitest'
import type { ContractHarness } from './harness.ts'
import type { Scene } from './scene.ts'

/** What cannot be done is told by code, with a remedy. */
export const refusalContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness
  const refusal = (code: string) => ({ code, remedy: expect.any(String) })

  describe('images', () => {
    test('knows a present image', async () => {
      const { runtime, image } = scene()
      const info = await runtime.image({ kind: 'pull', reference: image })
      expect(info).toMatchObject({ reference: image, hasHealthcheck: false })
      expect(info.id).toMatch(/^sha256:[0-9a-f]{64}$/)
    })

    test('makes the sandbox present, again and again the same', async () => {
      const { runtime } = scene()
      const [one, two] = await Promise.all([
        runtime.image({ kind: 'sandbox' }),
        runtime.image({ kind: 'sandbox' }),
      ])
      expect(one).toEqual(two)
    })

    test('makes an image of a stopped container, without making it part of the run', async () => {
      const { runtime, program, programs, home, labels } = scene()
      const sandbox = home.sandbox
      const files = [{ content: 'frozen', to: '/frozen.txt' }]
      const source = await program(sandbox, programs.print(1, 0), {
        files,
        labels: { ...labels, 'dev.mesocosm.run': 'first' },
      })
      const reference = `mesocosm/contract:${process.pid}`
      const request = { kind: 'commit', container: source, reference, labels } as const
      const info = await runtime.image(request)
      try {
        expect(info.reference).toBe(reference)
        const id = await program(sandbox, programs.wait(), { image: reference, labels })
        await runtime.start(id)
        const { stdout } = await runtime.exec(id, { argv: programs.exec.show('/frozen.txt') })
        expect(stdout).toBe('644\nfrozen')
        const carried = (await runtime.inspect(id))?.labels['dev.mesocosm.run']
        expect(carried ?? '').toBe('')
        expect(await runtime.images(labels)).toMatchObject([{ reference, used: true }])
        await runtime.remove('container', id)
        const [made, ...others] = await runtime.images(labels)
        expect([made, others]).toMatchObject([{ reference, used: false }, []])
        expect(Math.abs(Date.now() - (made?.madeMs ?? 0))).toBeLessThan(3_600_000)
        expect(await runtime.images({ ...labels, listed: 'no' })).toEqual([])
      } finally {
        await runtime.remove('image', reference)
      }
    })
  })

  describe('refusals', () => {
    test('inspects what is not there as undefined', async () => {
      expect(await scene().runtime.inspect('mesocosm-never-was')).toBeUndefined()
    })

    test('names an image that is not there', async () => {
      const { runtime, name, labels, home } = scene()
      const own = { kind: 'own', network: home.network, aliases: [] } as const
      const spec = { name: name('x'), image: 'mesocosm/never-was:1', labels, network: own }
      await expect(runtime.create(spec)).rejects.toMatchObject(refusal('IMAGE_NOT_FOUND'))
    })

    test('says why a start failed: no such container, the joined one does not run', async () => {
      const { runtime, program, programs, startSandbox, home } = scene()
      await expect(runtime.start('mesocosm-never-was')).rejects.toMatchObject(
        refusal('SERVICE_START_FAILED'),
      )
      const sandbox = await startSandbox(home.network)
      const id = await program(sandbox, programs.wait())
      await runtime.signal(sandbox, 'SIGKILL')
      await runtime.remove('container', sandbox)
      await expect(runtime.start(id)).rejects.toMatchObject(refusal('SERVICE_START_FAILED'))
    })

    test('says that the program is not in the image', async (context) => {
      context.skip(skip['unknown programs'] !== undefined, skip['unknown programs'])
      const { runtime, program, home } = scene()
      const id = await program(home.sandbox, ['no-such-program'])
      await expect(runtime.start(id, () => undefined)).rejects.toMatchObject({
        ...refusal('SERVICE_START_FAILED'),
        message: expect.stringContaining('no-such-program'),
      })
    })

    test('says that a mounted host path is missing', async (context) => {
      context.skip(skip['mount errors'] !== undefined, skip['mount errors'])
      const { program, programs, home } = scene()
      const sandbox = home.sandbox
      const mounts = [{ from: '/no/such/folder', to: '/x' }]
      await expect(program(sandbox, programs.wait(), { mounts })).rejects.toMatchObject({
        ...refusal('SERVICE_START_FAILED'),
        message: expect.stringContaining('/no/such/folder'),
      })
    })
  })
}
