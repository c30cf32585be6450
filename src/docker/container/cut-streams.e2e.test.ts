import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import { createOutput, ended, kinds, until } from '../../runtime/contract/scene.ts'
import type { OutputGap } from '../../runtime/running-program.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { testImage } from '../test-image.ts'
import { type FaultProxy, openFaultProxy } from '../test-proxy.ts'

const labels = { 'dev.mesocosm.cut': `${process.pid}` }
const label = (runtime: Runtime) => runtime.list(labels)

let direct: Runtime
let proxy: FaultProxy
let runtime: Runtime
let image: string
let made = 0

beforeAll(async () => {
  image = await testImage()
  direct = await createDockerRuntime()
  proxy = await openFaultProxy((await direct.info()).endpoint.replace('unix://', ''))
  runtime = await createDockerRuntime({ endpoint: proxy.endpoint, patience: { awayMs: 5_000 } })
})
beforeEach(() => proxy.rules())
afterAll(async () => {
  await runtime[Symbol.asyncDispose]()
  for (const { id } of (await label(direct)).containers) await direct.remove('container', id)
  await direct[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

const create = (script: string) =>
  direct.create({
    name: `mesocosm-cut-${process.pid}-${++made}`,
    image,
    labels,
    command: ['sh', '-c', script],
    network: { kind: 'none' },
  })

/** Starts a program through the proxy, and collects its output. */
const start = async (script: string) => {
  const id = await create(script)
  const output = createOutput()
  const gaps: OutputGap[] = []
  const started = await runtime.start(id, output.add, (gap) => gaps.push(gap))
  const lines = (stream: 'stdout' | 'stderr' = 'stdout') =>
    output
      .text(stream)
      .split('\n')
      .filter((line) => line !== '')
  return { id, output, lines, gaps, ended: started.outputEnded }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}`)
const streams = /\/(attach|logs)/

test('output that is cut again and again arrives whole, every line once, both streams', async () => {
  const count = 400
  const { lines, gaps, ended } = await start(
    `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); echo $i; echo $i >&2; sleep 0.005; done; echo bye`,
  )
  for (const atLeast of [20, 100, 101, 250]) {
    await until(`line ${atLeast}`, () => lines().length >= atLeast)
    // The reader may just be between two connections.
    await until('a connection to cut', () => proxy.cut(streams) > 0)
  }
  await ended
  expect(gaps).toEqual([])
  expect(lines()).toEqual([...numbers(count), 'bye'])
  expect(lines('stderr')).toEqual(numbers(count))
})

test('equal lines, an unfinished line and characters of several bytes are cut without loss', async () => {
  const { output, lines, gaps, ended } = await start(
    'for i in $(seq 50); do echo same; done; printf "wäh"; sleep 1; echo "rend"; for i in $(seq 50); do echo same; done; printf end',
  )
  await until('the unfinished line', () => output.text().endsWith('wäh'))
  proxy.cut(streams)
  await ended
  expect(gaps).toEqual([])
  expect(lines()).toEqual([...Array(50).fill('same'), 'während', ...Array(50).fill('same'), 'end'])
})

test('output of an earlier start, which ended within a line, is not read again', async () => {
  const first = await start('echo one; sleep 0.3; printf two')
  await until('the first line', () => first.lines().length === 1)
  proxy.cut(streams)
  await first.ended
  const output = createOutput()
  const again = await runtime.start(first.id, output.add, (gap) => first.gaps.push(gap))
  await until('the first line', () => output.text() !== '')
  proxy.cut(streams)
  await again.outputEnded
  expect([first.output.text(), output.text()]).toEqual(['one\ntwo', 'one\ntwo'])
  expect(first.gaps).toEqual([])
})

test('a program that ends while the engine is out of reach is read to its end', async () => {
  const {
    id,
    lines,
    gaps,
    ended: read,
  } = await start('echo a; sleep 0.5; echo b; sleep 0.2; echo c')
  await until('the first line', () => lines().length === 1)
  proxy.rules({ call: /\/json|logs|attach/, fault: { kind: 'closed' } })
  proxy.cut(streams)
  await ended({ runtime: direct } as never, id)
  proxy.rules()
  await read
  expect([lines(), gaps]).toEqual([['a', 'b', 'c'], []])
})

/** Closes the connection of the output in good order; it is looked into only after the program has ended. */
const closeBeforeEnd = async (script: string) => {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const program = await start(script)
  await until('the first output', () => program.output.text() !== '')
  proxy.rules({ call: /\/json/, fault: { kind: 'held', until: over } })
  expect(proxy.cut(streams)).toBe(1)
  await ended({ runtime: direct } as never, program.id)
  return { ...program, go: resolve }
}

test('a connection that is closed in good order just before the end loses no output', async () => {
  const { output, gaps, ended, go } = await closeBeforeEnd(
    'echo a; sleep 1; echo b; echo err >&2; printf "\\377 end"',
  )
  go()
  await ended
  expect(gaps).toEqual([])
  expect([output.text(), output.text('stderr')]).toEqual(['a\nb\n\ufffd end', 'err\n'])
})

test.each([
  ['other lines', 'seq 3000', 'seq 3000 4000', [...numbers(3_000), ...numbers(4_000).slice(2_999)]],
  ['the same line', 'yes | head -3000', 'echo y', Array(3_001).fill('y')],
])('an end of many lines is compared by its last ones: %s', async (_, before, after, expected) => {
  const { lines, gaps, ended, go } = await closeBeforeEnd(`${before}; sleep 1; ${after}`)
  go()
  await ended
  expect(gaps).toEqual([])
  expect(lines()).toEqual(expected)
  expect(proxy.calls.at(-1)).not.toContain('tail')
})

test('a long output that was read to its end is not read again', async () => {
  const { lines, ended } = await start('seq 20000')
  await ended
  expect(lines()).toEqual(numbers(20_000))
  expect(proxy.calls.at(-1)).toContain('tail')
})

test('an end whose log is gone or cannot be read is not reported as a gap', async () => {
  const removed = await closeBeforeEnd('echo a; sleep 1')
  await direct.remove('container', removed.id)
  removed.go()
  await removed.ended
  const { lines, gaps, ended, go } = await closeBeforeEnd('echo a; sleep 1')
  proxy.rules({ call: /\/logs/, fault: { kind: 'refused' } })
  go()
  await ended
  expect([lines(), gaps, removed.gaps]).toEqual([['a'], [], []])
})

test('a container that is removed while its end is compared with the log is not a gap', async () => {
  const { promise: removal, resolve } = Promise.withResolvers<void>()
  const { id, lines, gaps, ended, go } = await closeBeforeEnd('echo a; sleep 1')
  proxy.rules({ call: /\/logs/, fault: { kind: 'held', until: removal } })
  go()
  await until('the log to be read', () => proxy.calls.at(-1)?.includes('/logs') === true)
  await direct.remove('container', id)
  resolve()
  await ended
  expect([lines(), gaps]).toEqual([['a'], []])
})

test('a comparison with the log that breaks is made again', async () => {
  const { lines, gaps, ended, go } = await closeBeforeEnd('echo a; sleep 1; echo b')
  proxy.rules({ call: /\/logs/, fault: { kind: 'closed' }, times: 1 })
  go()
  await ended
  expect([lines(), gaps]).toEqual([['a', 'b'], []])
})

test('programs that end within a line, or print bytes that are no text, have nothing twice', async () => {
  const script = 'printf "one\\n\\377\\376 two"; printf "\\303" >&2'
  const first = await start(script)
  await first.ended
  const output = createOutput()
  await (await runtime.start(first.id, output.add)).outputEnded
  for (const each of [first.output, output])
    expect([each.text(), each.text('stderr')]).toEqual(['one\n\ufffd\ufffd two', '\ufffd'])
})

test('output that the log does not have is a gap, and what follows is read', async () => {
  const { lines, gaps, ended } = await start('echo a; sleep 1; echo b; sleep 1; echo c')
  await until('the first line', () => lines().length === 1)
  proxy.rules({ call: /\/logs/, fault: { kind: 'refused' } })
  proxy.cut(streams)
  await ended
  expect(gaps).toMatchObject([{ reason: expect.stringContaining('the proxy refused') }])
  expect(lines()).toContain('c')
})

test('a removed container whose last output was cut off is a gap', async () => {
  const { id, lines, gaps, ended } = await start('echo a; sleep 60')
  await until('the first line', () => lines().length === 1)
  proxy.rules({ call: /\/json/, fault: { kind: 'closed' }, times: 1 })
  proxy.cut(streams)
  await direct.remove('container', id)
  await ended
  expect(gaps).toMatchObject([{ reason: expect.stringContaining('the connection broke') }])
})

test('events that are cut arrive once, in order, whatever happened meanwhile', async () => {
  const events: RuntimeEvent[] = []
  const uncut: RuntimeEvent[] = []
  await using _ = await runtime.watch(labels, (event) => events.push(event))
  await using __ = await direct.watch(labels, (event) => uncut.push(event))
  const stays = await create('sleep 60')
  const exits = await create('sleep 60')
  const goes = await create('sleep 60')
  const starts = await create('sleep 60')
  for (const id of [stays, exits, goes]) await direct.start(id)
  await until('the starts', () => events.filter(({ kind }) => kind === 'started').length === 3)
  proxy.rules({ call: /^GET \/events/, fault: { kind: 'closed' } })
  expect(proxy.cut(/^GET \/events/)).toBe(1)
  await direct.signal(exits, 'SIGKILL')
  await direct.remove('container', goes)
  await direct.start(starts)
  await direct.signal(stays, 'pause')
  await direct.signal(stays, 'unpause')
  await ended({ runtime: direct } as never, exits)
  proxy.rules()
  await until('the last start', () => kinds(events, starts).length > 0)
  await until('the removal', () => kinds(events, goes).includes('removed'))
  await until('the exit', () => kinds(events, exits).includes('exited'))
  proxy.cut(/^GET \/events/)
  await direct.signal(starts, 'SIGKILL')
  await until('the exit', () => kinds(events, starts).includes('exited'))
  expect(kinds(events, exits)).toEqual(['started', 'exited'])
  expect(kinds(events, goes)).toEqual(['started', 'exited', 'removed'])
  expect(kinds(events, starts)).toEqual(['started', 'exited'])
  // An engine under load may pause again by itself: its container runtime reports the pause after the end of it.
  expect(kinds(events, stays).join(' ')).toMatch(/^started( paused unpaused)*$/)
  expect(kinds(events, stays).length).toBeLessThanOrEqual(kinds(uncut, stays).length)
  expect(events.filter(({ kind }) => kind === 'engine-gone')).toEqual([])
})
