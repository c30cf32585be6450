import { beforeEach, describe, expect, test } from 'vitest'
import { createRelayClient } from '../../relay/client.ts'
import type { RuntimeAbilities } from '../runtime.ts'
import { type ContractHarness, skipWithout } from './harness.ts'
import { answer, createOutput, type Scene, until } from './scene.ts'

const abilities: readonly (keyof RuntimeAbilities)[] = [
  'clock',
  'createSandbox',
  'lease',
  'readModule',
  'commit',
  'relayImage',
  'relay',
  'startInteractive',
  'diagnose',
  'describeImage',
  'registryImage',
  'baseImages',
  'sandboxImage',
  'saveImages',
  'loadImages',
]

/** Registers tests of the optional methods that a runtime has. */
export const abilitiesContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness

  describe('optional methods', () => {
    test('every optional method exists, or the harness gives the reason why not', () => {
      const { runtime } = scene()
      expect(abilities.filter((name) => runtime[name] === undefined).sort()).toEqual(
        abilities.filter((name) => skip[name] !== undefined).sort(),
      )
    })

    test('the clock of the engine goes on between two answers', async (context) => {
      const { runtime } = scene()
      skipWithout(context, runtime, harness, 'clock')
      const before = await runtime.clock?.()
      expect(before).toBeGreaterThan(0)
      await until(
        'the clock to go on',
        async () => Number(await runtime.clock?.()) > Number(before),
      )
    })

    test('concurrent createSandbox calls create separate sandboxes that run', async (context) => {
      const { runtime, startSandbox, home } = scene()
      skipWithout(context, runtime, harness, 'createSandbox')
      const ids = await Promise.all([startSandbox(home.network), startSandbox(home.network)])
      const states = await Promise.all(ids.map((id) => runtime.inspect(id)))
      expect(new Set(ids).size).toBe(2)
      expect(states.map((state) => state?.status)).toEqual(['running', 'running'])
    })

    test('a lease runs while it is held, and exits by itself after the silence', async (context) => {
      const { runtime, labels, name } = scene()
      skipWithout(context, runtime, harness, 'lease')
      const own = { ...labels, 'dev.mesocosm.lease': name('lease') }
      const statuses = async () => (await runtime.list(own)).containers.map(({ status }) => status)
      const lease = await runtime.lease?.({ name: name('lease'), labels: own, silentMs: 2_000 })
      // Longer than the silence.
      const past = performance.now() + 3_000
      await until('the silence to pass', () => performance.now() > past)
      expect(await statuses()).toEqual(['running'])
      await lease?.[Symbol.asyncDispose]()
      await until('it to exit', async () => (await statuses())[0] === 'exited')
    })

    test('a relay carries connections of others on the network, and ends with its stream', async (context) => {
      const { runtime, startSandbox, program, programs, home } = scene()
      skipWithout(context, runtime, harness, 'relay')
      context.skip(skip.names !== undefined, skip.names)
      const sandbox = await startSandbox(home.network, ['hooks'])
      const image = await runtime.relayImage?.()
      const id = await runtime.create({
        name: scene().name('relay'),
        labels: scene().labels,
        image: image?.reference ?? '',
        network: { kind: 'joined', container: sandbox },
      })
      await runtime.start(id)
      const peer = await program(await startSandbox(home.network), programs.wait())
      await runtime.start(peer)
      const fetchHooks = () => runtime.exec(peer, { argv: programs.exec.fetch('hooks', 8090) })
      expect((await fetchHooks()).exitCode).not.toBe(0)
      const relay = await runtime.relay?.(id)
      if (relay === undefined) throw new Error('there is no relay')
      const client = createRelayClient(relay)
      await client.listen(8090, ({ connection }) => {
        connection.once('data', () =>
          connection.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nhere'),
        )
      })
      expect(await fetchHooks()).toMatchObject({ exitCode: 0, stdout: 'here' })
      await client[Symbol.asyncDispose]()
      expect((await fetchHooks()).exitCode).not.toBe(0)
    })

    test('commit saves a stopped container as an image that is not part of the run', async (context) => {
      const { runtime, program, programs, home, labels } = scene()
      skipWithout(context, runtime, harness, 'commit')
      const { sandbox } = home
      const source = await program(sandbox, programs.print(1, 0), {
        files: [{ content: 'saved', to: '/saved.txt' }],
        labels: { ...labels, 'dev.mesocosm.run': 'first' },
        env: { PASSWORD: 'not-for-the-image' },
      })
      const reference = `mesocosm/contract:${process.pid}`
      const info = await runtime.commit?.({ container: source, reference, labels })
      try {
        expect(info?.reference).toBe(reference)
        expect(JSON.stringify(info?.env)).not.toContain('not-for-the-image')
        const id = await program(sandbox, programs.wait(), { image: reference, labels })
        await runtime.start(id)
        const { stdout } = await runtime.exec(id, { argv: programs.exec.show('/saved.txt') })
        expect(stdout).toBe('644\nsaved')
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

    test('readModule reads the image of a testcontainers module', async (context) => {
      const { runtime, image } = scene()
      skipWithout(context, runtime, harness, 'readModule')
      const module = {
        module: 'testcontainers',
        export: 'GenericContainer',
        args: [image],
        options: {},
      }
      expect(await runtime.readModule?.(module, import.meta.dirname)).toMatchObject({ image })
    })

    test('diagnose reports a reachable engine, and a remedy for everything that is not ok', async (context) => {
      const { runtime } = scene()
      skipWithout(context, runtime, harness, 'diagnose')
      const found = (await runtime.diagnose?.()) ?? []
      expect(found).toContainEqual(expect.objectContaining({ name: 'engine', status: 'ok' }))
      for (const { status, remedy } of found)
        if (status !== 'ok') expect(remedy).toEqual(expect.any(String))
    })
  })

  describe('an idle container', () => {
    beforeEach((context) => context.skip(skip.idle !== undefined, skip.idle))

    test('owns a network namespace as a sandbox does', async () => {
      const current = scene()
      const { runtime, image, labels, name, programs, home, program } = current
      const sandbox = await runtime.create({
        name: name('idle'),
        image,
        labels,
        idle: true,
        hostname: 'idle-host',
        network: { kind: 'own', network: home.network, aliases: ['idle'] },
        publish: [{ port: 8080, protocol: 'tcp' }],
      })
      await runtime.start(sandbox)
      await runtime.start(await program(sandbox, programs.serve(8080, 'from inside')))
      expect(await answer(current, sandbox, 8080)).toBe('from inside')
      expect((await runtime.inspect(sandbox))?.addresses).toHaveProperty(home.network)
      await runtime.signal(sandbox, 'SIGKILL')
    })

    test('runs in any image without network, and takes exec', async () => {
      const { runtime, image, labels, name, programs } = scene()
      const id = await runtime.create({
        name: name('idle'),
        image,
        labels,
        idle: true,
        network: { kind: 'none' },
        env: { GREETING: 'hello' },
      })
      const output = createOutput()
      await runtime.start(id, output.add)
      const { stdout } = await runtime.exec(id, { argv: programs.exec.env('GREETING') })
      expect(stdout).toBe('hello\n')
      expect(await runtime.inspect(id)).toMatchObject({ status: 'running', addresses: {} })
      await runtime.signal(id, 'SIGKILL')
      await until('it to end', async () => (await runtime.inspect(id))?.status === 'exited')
      expect([output.text(), output.text('stderr')]).toEqual(['', ''])
    })
  })
}
