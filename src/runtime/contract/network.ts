import { beforeEach, describe, expect, test } from 'vitest'
import { type ContractHarness, skipWithout } from './harness.ts'
import { answer, createOutput, type Scene, until } from './scene.ts'

/** Registers tests of networks, names, sandboxes, published ports, attaching and detaching. */
export const networkContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness

  /** Starts a server in a sandbox; returns the id of its container. */
  const serving = async (sandbox: string, text: string): Promise<string> => {
    const { runtime, program, programs } = scene()
    const id = await program(sandbox, programs.serve(8080, text))
    const output = createOutput()
    await runtime.start(id, output.add)
    await until(`${text} to listen`, () => output.text().includes('listening'))
    return id
  }

  const fetchInside = (from: string, host: string, port = 8080) =>
    scene().runtime.exec(from, { argv: scene().programs.exec.fetch(host, port) })

  describe('networks and sandboxes', () => {
    beforeEach((context) => skipWithout(context, scene().runtime, harness, 'createSandbox'))

    test('a container finds others on its network by every alias and by address', async (context) => {
      context.skip(skip.names !== undefined, skip.names)
      const { startSandbox, home } = scene()
      const net = home.network
      const api = await startSandbox(net, ['api', 'backend'])
      await serving(api, 'from api')
      const client = await serving(await startSandbox(net, ['client']), 'from client')
      for (const host of ['api', 'backend']) {
        expect(await fetchInside(client, host)).toMatchObject({ exitCode: 0, stdout: 'from api' })
      }
      const { addresses } = (await scene().runtime.inspect(api)) ?? {}
      const address = addresses?.[net] ?? ''
      expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
      expect(await fetchInside(client, address)).toMatchObject({ stdout: 'from api' })
    })

    test('joined containers share the loopback and the names of their sandbox', async (context) => {
      context.skip(skip.names !== undefined, skip.names)
      const { startSandbox, home } = scene()
      const sandbox = await startSandbox(home.network, ['joined'])
      await serving(sandbox, 'from api')
      const second = await scene().program(sandbox, scene().programs.wait())
      await scene().runtime.start(second)
      expect(await fetchInside(second, '127.0.0.1')).toMatchObject({ stdout: 'from api' })
      expect(await fetchInside(second, 'joined')).toMatchObject({ stdout: 'from api' })
      expect((await scene().runtime.inspect(second))?.addresses).toEqual({})
    })

    test('a name on one network is not visible on another', async (context) => {
      context.skip(skip.names !== undefined, skip.names)
      const { network, startSandbox } = scene()
      const [one, two] = await Promise.all([network(), network()])
      await serving(await startSandbox(one, ['api']), 'of one')
      await serving(await startSandbox(two, ['api']), 'of two')
      const client = await serving(await startSandbox(two, ['client']), 'client')
      expect(await fetchInside(client, 'api')).toMatchObject({ stdout: 'of two' })
    })

    test('a published port stays the same when the program is replaced', async () => {
      const { runtime, home, startSandbox } = scene()
      const sandbox = await startSandbox(home.network, [], [8080, 9090])
      const published = (await runtime.inspect(sandbox))?.published ?? {}
      expect(Object.keys(published).sort()).toEqual(['8080/tcp', '9090/tcp'])
      const first = await serving(sandbox, 'first')
      expect(await answer(scene(), sandbox, 8080)).toBe('first')
      const { program, programs } = scene()
      const second = await program(sandbox, programs.serve(8080, 'second'))
      await runtime.signal(first, 'SIGKILL')
      await runtime.remove('container', first)
      await runtime.start(second)
      expect(await answer(scene(), sandbox, 8080)).toBe('second')
      expect((await runtime.inspect(sandbox))?.published).toEqual(published)
    })

    test('two sandboxes publish the same port on different ports of the host', async () => {
      const { runtime, home, startSandbox } = scene()
      const net = home.network
      const sandboxes = await Promise.all([
        startSandbox(net, [], [8080]),
        startSandbox(net, [], [8080]),
      ])
      const ports = await Promise.all(
        sandboxes.map(async (sandbox) => (await runtime.inspect(sandbox))?.published['8080/tcp']),
      )
      expect(new Set(ports).size).toBe(2)
    })

    test('attach and detach are idempotent, and attach sets the aliases', async (context) => {
      context.skip(skip['network changes'] !== undefined, skip['network changes'])
      const { runtime, network, startSandbox, programs } = scene()
      const net = await network()
      const sandbox = await startSandbox(net, ['api'], [8080])
      await serving(sandbox, 'from api')
      const client = await serving(await startSandbox(net, ['client']), 'client')
      const lookup = async () =>
        (await runtime.exec(client, { argv: programs.exec.lookup('api') })).exitCode
      expect(await lookup()).toBe(0)
      const attachment = { container: sandbox, network: net, aliases: ['api', 'new'] }
      await runtime.detach(attachment)
      await runtime.detach(attachment)
      expect(await lookup()).not.toBe(0)
      expect((await runtime.inspect(sandbox))?.addresses).toEqual({})
      await runtime.attach(attachment)
      await runtime.attach(attachment)
      expect(await fetchInside(client, 'api')).toMatchObject({ stdout: 'from api' })
      expect(await fetchInside(client, 'new')).toMatchObject({ stdout: 'from api' })
      expect(await answer(scene(), sandbox, 8080)).toBe('from api')
    })

    test('detach is a no-op for a missing container', async () => {
      const network = await scene().network()
      await scene().runtime.detach({ container: 'never-was', network })
    })

    test('createNetwork makes room for 5, 100 and 300 members', async (context) => {
      context.skip(skip.addresses !== undefined, skip.addresses)
      const { runtime, network, startSandbox } = scene()
      const nets = await Promise.all([network(5), network(100), network(300)])
      const sandboxes = await Promise.all(nets.map((net) => startSandbox(net)))
      const found = await Promise.all(sandboxes.map((sandbox) => runtime.inspect(sandbox)))
      const addresses = found.flatMap((state) => Object.values(state?.addresses ?? {}))
      expect(new Set(addresses).size).toBe(3)
    })
  })
}
