import { describe, expect, test } from 'vitest'
import type { RuntimeEvent } from '../container-event.ts'
import { type ContractHarness, skipWithout } from './harness.ts'
import { createOutput, ended, kinds, type Scene, until } from './scene.ts'

/** Registers tests of create, start, inspect, signal, remove, list and watch. */
export const lifeContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness

  const sandbox = () => scene().home.sandbox

  describe('the life cycle of a container', () => {
    test('info returns facts about the engine', async () => {
      const info = await scene().runtime.info()
      expect(info.version).not.toBe('')
      expect(info.architecture).toMatch(/^(amd64|arm64)$/)
      expect(info.cpus).toBeGreaterThan(0)
      expect(info.memoryBytes).toBeGreaterThan(2 ** 20)
    })

    test('start passes on every line of output, by stream', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.print(20_000, 0))
      const output = createOutput()
      const { outputEnded } = await runtime.start(id, output.add)
      await outputEnded
      const lines = output.text().split('\n')
      expect(lines).toHaveLength(20_001)
      expect([lines[0], lines[19_999], lines[20_000]]).toEqual(['line 1', 'line 20000', ''])
      expect(output.text('stderr')).toBe('last\n')
    })

    test('start works without a reader of the output', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.print(10, 0))
      await (await runtime.start(id)).outputEnded
      expect((await ended(scene(), id)).exitCode).toBe(0)
    })

    test('inspect returns each status: created, running, exited', async () => {
      const { runtime, program, programs, labels } = scene()
      const id = await program(sandbox(), programs.wait())
      const output = createOutput()
      expect(await runtime.inspect(id)).toMatchObject({
        id,
        labels,
        status: 'created',
        exitCode: undefined,
        outOfMemory: false,
        health: 'none',
        addresses: {},
        published: {},
      })
      await runtime.start(id, output.add)
      await until('the program to print up', () => output.text().includes('up'))
      expect(await runtime.inspect(id)).toMatchObject({ status: 'running', exitCode: undefined })
      await runtime.signal(id, 'SIGTERM')
      expect(await ended(scene(), id)).toMatchObject({ status: 'exited', exitCode: 0 })
      await until('the program to print bye', () => output.text().endsWith('bye\n'))
    })

    test('inspect returns paused from pause to unpause, which are idempotent', async (context) => {
      context.skip(skip.pause !== undefined, skip.pause)
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      for (const [signal, status] of [
        ['pause', 'paused'],
        ['unpause', 'running'],
      ] as const) {
        await runtime.signal(id, signal)
        await runtime.signal(id, signal)
        expect(await runtime.inspect(id)).toMatchObject({ status })
      }
      await runtime.signal(id, 'SIGKILL')
      expect((await ended(scene(), id)).exitCode).toBe(137)
    })

    test('inspect returns an exit code that is not 0', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.print(1, 42))
      await runtime.start(id)
      expect(await ended(scene(), id)).toMatchObject({ exitCode: 42, outOfMemory: false })
    })

    test('signal kills a paused program', async (context) => {
      context.skip(skip.pause !== undefined, skip.pause)
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      await runtime.signal(id, 'pause')
      await runtime.signal(id, 'SIGKILL')
      expect((await ended(scene(), id)).exitCode).toBe(137)
    })

    test('signal is a no-op for an exited or missing container', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      await runtime.signal(id, 'SIGKILL')
      expect((await ended(scene(), id)).exitCode).toBe(137)
      for (const signal of ['SIGKILL', 'SIGTERM', 'pause', 'unpause'] as const) {
        await runtime.signal(id, signal)
        await runtime.signal('no-such-container', signal)
      }
    })

    test('start runs an exited container again, with its files and a new reader', async () => {
      const { runtime, program, programs } = scene()
      const files = [{ content: 'kept', to: '/kept.txt' }]
      const id = await program(sandbox(), programs.wait(), { files })
      for (const round of [1, 2]) {
        const output = createOutput()
        const { outputEnded } = await runtime.start(id, output.add)
        await until(`the program to print up in round ${round}`, () => output.text().includes('up'))
        const { stdout } = await runtime.exec(id, { argv: programs.exec.show('/kept.txt') })
        expect(stdout).toBe('644\nkept')
        await runtime.signal(id, 'SIGTERM')
        await outputEnded
        expect(output.text()).toBe('up\nbye\n')
        await ended(scene(), id)
      }
    })

    test('inspect reports an exceeded memory limit as outOfMemory', async (context) => {
      context.skip(skip.limits !== undefined, skip.limits)
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.hog(), { memoryMiB: 24, cpus: 0.5 })
      await runtime.start(id)
      expect(await ended(scene(), id)).toMatchObject({ exitCode: 137, outOfMemory: true })
    })

    test('create applies command, entrypoint, env, user, workdir and host name', async () => {
      const { runtime, image, labels, name, programs, home } = scene()
      const id = await runtime.create({
        name: name('whole'),
        image,
        labels,
        entrypoint: programs.wait().slice(0, 1),
        command: programs.wait().slice(1),
        env: { GREETING: 'good day = ünïcode' },
        hostname: 'somewhere',
        workdir: '/',
        user: 'root',
        network: { kind: 'own', network: home.network, aliases: [] },
      })
      await runtime.start(id)
      const { stdout } = await runtime.exec(id, { argv: programs.exec.env('GREETING') })
      expect(stdout).toBe('good day = ünïcode\n')
    })
  })

  describe('watch and list', () => {
    test('watch reports every event of labelled containers in order, until it is disposed', async () => {
      const { runtime, program, programs, labels } = scene()
      const joined = sandbox()
      const mine = { ...labels, watched: 'yes' }
      const events: RuntimeEvent[] = []
      const watch = await runtime.watch(mine, (event) => events.push(event))
      const id = await program(joined, programs.print(1, 7), { labels: mine })
      const other = await program(joined, programs.print(1, 7))
      await runtime.start(other)
      await runtime.start(id)
      await until('the exited event', () => kinds(events, id).includes('exited'))
      await runtime.remove('container', id)
      await until('the removed event', () => kinds(events, id).includes('removed'))
      expect(kinds(events, id)).toEqual(['started', 'exited', 'removed'])
      expect(events.find(({ kind }) => kind === 'exited')).toMatchObject({ exitCode: 7 })
      expect(events.every(({ timeMs }) => Math.abs(timeMs - Date.now()) < 60_000)).toBe(true)
      expect(kinds(events, other)).toEqual([])
      await watch[Symbol.asyncDispose]()
      const late = await program(joined, programs.wait(), { labels: mine })
      await runtime.start(late)
      await runtime.remove('container', late)
      expect(kinds(events, late)).toEqual([])
    })

    test('watch reports pause, unpause and kill', async (context) => {
      context.skip(skip.pause !== undefined, skip.pause)
      const { runtime, program, programs, labels } = scene()
      const events: RuntimeEvent[] = []
      await using _ = await runtime.watch(labels, (event) => events.push(event))
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      await runtime.signal(id, 'pause')
      await runtime.signal(id, 'unpause')
      await runtime.signal(id, 'SIGKILL')
      await until('the exited event', () => kinds(events, id).includes('exited'))
      expect(kinds(events, id)).toEqual(['started', 'paused', 'unpaused', 'exited'])
    })

    test('list returns resources that carry all of the labels', async () => {
      const { runtime, program, programs, labels, name } = scene()
      const mine = { ...labels, listed: 'yes' }
      const networkName = name('network')
      const network = await runtime.createNetwork({ name: networkName, labels: mine, size: 2 })
      const id = await program(sandbox(), programs.wait(), { labels: mine })
      const found = await runtime.list(mine)
      expect(found.containers).toMatchObject([{ id, labels: mine, status: 'created' }])
      expect(found.networks).toMatchObject([{ id: network, name: networkName, labels: mine }])
      expect((await runtime.list({ ...mine, listed: 'no' })).containers).toEqual([])
    })

    test('list returns when containers and networks were created, or no time', async (context) => {
      const { runtime, program, programs, labels, name } = scene()
      const mine = { ...labels, listed: 'time' }
      const create = async () => {
        await runtime.createNetwork({ name: name('network'), labels: mine, size: 2 })
        await program(sandbox(), programs.wait(), { labels: mine })
      }
      const times = async () => {
        const { containers, networks } = await runtime.list(mine)
        return [...containers, ...networks].map(({ createdMs }) => createdMs)
      }
      await create()
      const first = await times()
      if (first.every((time) => time === undefined)) context.skip('no creation times')
      // The clock of the engine may differ from ours, but not by days.
      const day = 24 * 3_600_000
      for (const time of first) expect(Math.abs(Date.now() - (time ?? 0))).toBeLessThan(day)
      // A time stays what it was.
      await create()
      const second = await times()
      expect(second).toHaveLength(4)
      expect(second).toEqual(expect.arrayContaining(first))
    })
  })

  describe('remove', () => {
    test('remove removes paused containers', async (context) => {
      context.skip(skip.pause !== undefined, skip.pause)
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      await runtime.signal(id, 'pause')
      await runtime.remove('container', id)
      expect(await runtime.inspect(id)).toBeUndefined()
    })

    test('remove removes running containers, and networks with members', async () => {
      const { runtime, program, programs, network } = scene()
      const net = await network()
      const own = { kind: 'own', network: net, aliases: [] } as const
      const ids = await Promise.all(
        [1, 2].map(() => program(undefined, programs.wait(), { network: own })),
      )
      await Promise.all(ids.map((id) => runtime.start(id)))
      const [first = ''] = ids
      await runtime.remove('container', first)
      expect(await runtime.inspect(first)).toBeUndefined()
      await runtime.remove('network', net)
      expect((await runtime.list(scene().labels)).networks.map((it) => it.id)).not.toContain(net)
    })

    test('remove waits for the removal of what has joined a sandbox', async (context) => {
      const { runtime, program, programs, startSandbox, home } = scene()
      skipWithout(context, runtime, harness, 'createSandbox')
      const joined = await startSandbox(home.network)
      const ids = await Promise.all([1, 2].map(() => program(joined, programs.wait())))
      await Promise.all(ids.map((id) => runtime.start(id)))
      await Promise.all([...ids, joined].map((id) => runtime.remove('container', id)))
      for (const id of [...ids, joined]) expect(await runtime.inspect(id)).toBeUndefined()
    })

    test('remove is a no-op for a resource that is removed concurrently, or missing', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.wait())
      await Promise.all([runtime.remove('container', id), runtime.remove('container', id)])
      await runtime.remove('container', id)
      for (const kind of ['container', 'network', 'volume', 'image'] as const) {
        await runtime.remove(kind, 'mesocosm-never-was')
      }
    })
  })
}
