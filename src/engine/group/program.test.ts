import { expect, onTestFinished, test, vi } from 'vitest'
import type { ContainerSignal, ContainerState } from '../../runtime/container-state.ts'
import type { OutputChunk } from '../../runtime/running-program.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createLimit } from '../run/limit.ts'
import { openScene } from '../test-scene.ts'
import { Program } from './program.ts'

const config = { image: 'x', imageId: 'x', env: {}, files: [], mounts: [], tmpfs: {}, labels: {} }

/** A program whose engine does what the test says. */
const fixture = async () => {
  const scene = await openScene({ programs: {} })
  const signals: ContainerSignal[] = []
  const engine = {
    onStart: async (_print: (text: string) => void): Promise<void> => {},
    outputEnded: Promise.withResolvers<void>(),
    state: { status: 'exited', exitCode: 0, outOfMemory: false } as Partial<ContainerState>,
    inspected: Promise.resolve(),
    signals,
  }
  const runtime: Partial<Runtime> = {
    start: async (_, onOutput) => {
      const print = (text: string) =>
        onOutput?.({ stream: 'stdout', bytes: Buffer.from(text) } satisfies OutputChunk)
      await engine.onStart(print)
      return { outputEnded: engine.outputEnded.promise }
    },
    signal: async (_, signal) => void signals.push(signal),
    inspect: async () => {
      await engine.inspected
      return engine.state as ContainerState
    },
  }
  const context = { ...scene.context, runtime: runtime as Runtime, limit: createLimit(4) }
  const program = new Program(
    context,
    { lane: 'lane_1', service: 'api' },
    { id: 'c1', hash: 'h', config, prebuilt: false, keepAs: undefined },
  )
  return { program, engine, scene, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() }
}

test('an exit that is reported before the start returns counts, with its last output', async () => {
  await using made = await fixture()
  const { program, engine, scene } = made
  engine.onStart = async (print) => {
    void program.onExit(3)
    await new Promise(setImmediate)
    print('too late?\n')
    engine.outputEnded.resolve()
  }
  await program.start()
  expect(await program.exited).toEqual({ exitCode: 3, outOfMemory: false })
  expect(program.status).toBe('exited')
  expect(program.crashed).toBe(true)
  expect(scene.lines('lane_1', 'api')).toEqual(['too late?'])
})

test('a program counts as exited before its last output was read', async () => {
  await using made = await fixture()
  const { program } = made
  await program.start()
  void program.onExit(1)
  expect(program.crashed).toBe(true)
  expect(program.exit).toBeUndefined()
})

test('the next start waits for the end of the last one', async () => {
  await using made = await fixture()
  const { program, engine } = made
  const inspected = Promise.withResolvers<void>()
  engine.inspected = inspected.promise
  await program.start()
  engine.outputEnded.resolve()
  void program.onExit(1)
  const again = program.start()
  await new Promise(setImmediate)
  expect(program.status).toBe('exited')
  inspected.resolve()
  await again
  await new Promise(setImmediate)
  expect(program.status).toBe('running')
  expect(program.exit).toBeUndefined()
})

test('a failed start leaves the status unchanged', async () => {
  await using made = await fixture()
  const { program, engine } = made
  engine.onStart = async () => {
    throw new Error('no')
  }
  await expect(program.start()).rejects.toThrow('no')
  expect(program.status).toBe('created')
  // Nothing is waited for, since nothing ran.
  await program.stop(0)
  expect(engine.signals).toEqual([])
})

test('stop sends SIGTERM, then SIGKILL after the grace', async () => {
  await using made = await fixture()
  const { program, engine } = made
  await program.start()
  engine.outputEnded.resolve()
  const stopped = program.stop(5)
  while (!engine.signals.includes('SIGKILL')) await new Promise(setImmediate)
  void program.onExit(137)
  await stopped
  expect(engine.signals).toEqual(['SIGTERM', 'SIGKILL'])
  expect(program.stopped).toBe(true)
  expect(program.crashed).toBe(false)
})

test('a program that exits within its grace is not killed', async () => {
  await using made = await fixture()
  const { program, engine } = made
  await program.start()
  engine.outputEnded.resolve()
  const stopped = program.stop(60_000)
  void program.onExit(0)
  await stopped
  expect(engine.signals).toEqual(['SIGTERM'])
})

test('a paused program is unpaused before it is signalled', async () => {
  await using made = await fixture()
  const { program, engine } = made
  await program.start()
  engine.outputEnded.resolve()
  program.status = 'paused'
  const stopped = program.stop(0)
  void program.onExit(137)
  await stopped
  expect(engine.signals).toEqual(['unpause', 'SIGKILL'])
})

test('an aborted stop does not wait for the end', async () => {
  await using made = await fixture()
  await made.program.start()
  await made.program.stop(60_000, { signal: AbortSignal.abort() })
  expect(made.engine.signals).toEqual(['SIGTERM', 'SIGKILL'])
})

test('a cleared crash is set again by the next crash', async () => {
  await using made = await fixture()
  const { program, engine } = made
  engine.outputEnded.resolve()
  await program.start()
  await program.onExit(1)
  program.clearCrash()
  expect(program.crashed).toBe(false)
  await program.start()
  await program.onExit(1)
  expect(program.crashed).toBe(true)
})

test('out of memory is known from the event, even if the container is gone', async () => {
  await using made = await fixture()
  const { program, engine } = made
  engine.outputEnded.resolve()
  engine.inspected = Promise.reject(new Error('gone'))
  await program.start()
  program.onOutOfMemory()
  await program.onExit(137)
  expect(program.exit).toEqual({ exitCode: 137, outOfMemory: true })
})

test('the log file is opened at the first start and contains a last line without a line feed', async () => {
  await using made = await fixture()
  const { program, engine, scene } = made
  expect(scene.lines('lane_1', 'api')).toEqual([])
  engine.onStart = async (print) => print('one\ntwo')
  await program.start()
  engine.outputEnded.resolve()
  await program.close()
  expect(scene.lines('lane_1', 'api')).toEqual(['one', 'two'])
})

test('output that is missing is an entry of the record, and the lines around it are there', async () => {
  await using scene = await openScene({
    programs: {
      talk: ({ print, onSignal, over }) =>
        new Promise((resolve) => {
          print('before\n')
          onSignal('SIGUSR1', () => print('lost\n'))
          onSignal('SIGUSR2', () => print('after\n'))
          over.addEventListener('abort', () => resolve(137))
        }),
    },
  })
  const { runtime } = scene
  const id = await runtime.create({
    name: 'c',
    image: 'talk',
    labels: {},
    network: { kind: 'none' },
  })
  const program = new Program(
    scene.context,
    { lane: 'lane_1', service: 'api' },
    { id, hash: 'h', config, prebuilt: false, keepAs: undefined },
  )
  await program.start()
  await new Promise(setImmediate)
  await runtime.interrupt('output', () => runtime.signal(id, 'SIGUSR1'), { isLost: true })
  await runtime.signal(id, 'SIGUSR2')
  expect(scene.lines('lane_1', 'api')).toEqual([
    'before',
    'output is missing here: the connection was interrupted',
    'after',
  ])
  expect(scene.events('log.gap')).toMatchObject([
    { l: 'lane_1', s: 'api', container: id, reason: 'the connection was interrupted' },
  ])
})

test('last output that does not arrive before the log is closed is an entry of the record', async () => {
  await using made = await fixture()
  const { program, engine, scene } = made
  engine.onStart = async (print) => print('one\n')
  await program.start()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const closing = program.close()
  await vi.advanceTimersByTimeAsync(2_000)
  await closing
  expect(scene.lines('lane_1', 'api')).toEqual([
    'one',
    'output is missing here: its last output did not arrive within 2000 ms',
  ])
  expect(scene.events('log.gap')).toMatchObject([
    { l: 'lane_1', s: 'api', reason: 'its last output did not arrive within 2000 ms' },
  ])
})
