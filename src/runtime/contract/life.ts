import { describe, expect, test } from 'vitest'
import type { RuntimeEvent } from '../runtime.ts'
import type { ContractHarness } from './harness.ts'
import { createOutput, ended, kinds, type Scene, until } from './scene.ts'

/** Create, start, inspect, signal, remove, list, watch. */
export const lifeContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness

  const sandbox = () => scene().home.sandbox

  describe('the life of a program', () => {
    test('tells who the engine is', async () => {
      const info = await scene().runtime.info()
      expect(info.version).not.toBe('')
      expect(info.architecture).toMatch(/^(amd64|arm64)$/)
      expect(info.cpus).toBeGreaterThan(0)
      expect(info.memoryBytes).toBeGreaterThan(2 ** 20)
    })

    test('loses no line of output, from the first to the last, and tells streams apart', async () => {
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

    test('starts without a reader of the output', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.print(10, 0))
      await (await runtime.start(id)).outputEnded
      expect((await ended(scene(), id)).exitCode).toBe(0)
    })

    test('knows each state: created, running, paused, exited with its code', async () => {
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
      await until('the program to be up', () => output.text().includes('up'))
      expect(await runtime.inspect(id)).toMatchObject({ status: 'running', exitCode: undefined })
      await runtime.signal(id, 'pause')
      await runtime.signal(id, 'pause')
      expect(await runtime.inspect(id)).toMatchObject({ status: 'paused' })
      await runtime.signal(id, 'unpause')
      await runtime.signal(id, 'unpause')
      expect(await runtime.inspect(id)).toMatchObject({ status: 'running' })
      await runtime.signal(id, 'SIGTERM')
      expect(await ended(scene(), id)).toMatchObject({ status: 'exited', exitCode: 0 })
      await until('the last word', () => output.text().endsWith('bye\n'))
    })

    test('keeps an exit code that is not 0', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.print(1, 42))
      await runtime.start(id)
      expect(await ended(scene(), id)).toMatchObject({ exitCode: 42, outOfMemory: false })
    })

    test('kills with SIGKILL, paused programs included, and not what is over already', async () => {
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      await runtime.signal(id, 'pause')
      await runtime.signal(id, 'SIGKILL')
      expect((await ended(scene(), id)).exitCode).toBe(137)
      for (const signal of ['SIGKILL', 'SIGTERM', 'pause', 'unpause'] as const) {
        await runtime.signal(id, signal)
        await runtime.signal('no-such-container', signal)
      }
    })

    test('starts a stopped program again with its files, and reads its output again', async () => {
      const { runtime, program, programs } = scene()
      const files = [{ content: 'kept', to: '/kept.txt' }]
      const id = await program(sandbox(), programs.wait(), { files })
      for (const round of [1, 2]) {
        const output = createOutput()
        const { outputEnded } = await runtime.start(id, output.add)
        await until(`round ${round} to be up`, () => output.text().includes('up'))
        const { stdout } = await runtime.exec(id, { argv: programs.exec.show('/kept.txt') })
        expect(stdout).toBe('644\nkept')
        await runtime.signal(id, 'SIGTERM')
        await outputEnded
        expect(output.text()).toBe('up\nbye\n')
        await ended(scene(), id)
      }
    })

    test('tells an exceeded memory limit from another end', async (context) => {
      context.skip(skip.limits !== undefined, skip.limits)
      const { runtime, program, programs } = scene()
      const id = await program(sandbox(), programs.hog(), { memoryMiB: 24, cpus: 0.5 })
      await runtime.start(id)
      expect(await ended(scene(), id)).toMatchObject({ exitCode: 137, outOfMemory: true })
    })

    test('hands over command, entrypoint, env, user, workdir and host name', async () => {
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

  describe('watching and listing', () => {
    test('tells every event of labelled containers, in order, and none after it is disposed', async () => {
      const { runtime, program, programs, labels } = scene()
      const joined = sandbox()
      const mine = { ...labels, watched: 'yes' }
      const events: RuntimeEvent[] = []
      const watch = await runtime.watch(mine, (event) => events.push(event))
      const id = await program(joined, programs.print(1, 7), { labels: mine })
      const other = await program(joined, programs.print(1, 7))
      await runtime.start(other)
      await runtime.start(id)
      await until('the end to be told', () => kinds(events, id).includes('exited'))
      await runtime.remove('container', id)
      await until('the removal to be told', () => kinds(events, id).includes('removed'))
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

    test('tells pause, unpause and kill', async () => {
      const { runtime, program, programs, labels } = scene()
      const events: RuntimeEvent[] = []
      await using _ = await runtime.watch(labels, (event) => events.push(event))
      const id = await program(sandbox(), programs.wait())
      await runtime.start(id)
      await runtime.signal(id, 'pause')
      await runtime.signal(id, 'unpause')
      await runtime.signal(id, 'SIGKILL')
      await until('the end to be told', () => kinds(events, id).includes('exited'))
      expect(kinds(events, id)).toEqual(['started', 'paused', 'unpaused', 'exited'])
    })

    test('lists what carries all of the labels', async () => {
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
  })

  describe('removing', () => {
    test('removes running and paused containers at once, and networks with members', async () => {
      const { runtime, program, programs, network } = scene()
      const net = await network()
      const own = { kind: 'own', network: net, aliases: [] } as const
      const id = await program(undefined, programs.wait(), { network: own })
      await runtime.start(id)
      await runtime.signal(id, 'pause')
      await runtime.remove('container', id)
      expect(await runtime.inspect(id)).toBeUndefined()
      await runtime.remove('network', net)
      expect((await runtime.list(scene().labels)).networks.map((it) => it.id)).not.toContain(net)
    })

    test('counts as removed what is removed already or by someone else, or never was', async () => {
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
