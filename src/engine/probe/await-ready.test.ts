import { expect, test } from 'vitest'
import { openCall } from '../../call/call.ts'
import { createServiceLog, type ServiceLog } from '../logs/service-log.ts'
import { awaitReady, type ExitFacts, type ReadyWait } from './await-ready.ts'
import { type Look, notYet, type Probe, ready } from './target.ts'

const newLog = (): ServiceLog => {
  const log = createServiceLog(
    () => ({
      path: '/log',
      cutter: { cutBefore: (_, atMost) => atMost, longest: 0 },
      write: () => {},
      [Symbol.dispose]: () => {},
    }),
    () => {},
  )
  log.begin(true)
  return log
}

const print = (log: ServiceLog, text: string) =>
  log.push({ stream: 'stdout', bytes: Buffer.from(`${text}\n`) })

const probe = (look: (signal: AbortSignal) => Look | Promise<Look>, intervalMs = 1): Probe => ({
  awaited: 'something',
  intervalMs,
  look: async (signal) => look(signal),
})

const wait = (more: Partial<ReadyWait> & Pick<ReadyWait, 'probe'>): ReadyWait => ({
  service: 'api',
  lane: 'lane_1',
  log: newLog(),
  logPath: '/log/api',
  exited: new Promise<ExitFacts>(() => {}),
  timeoutMs: 1_000,
  ...more,
})

test('awaitReady repeats the probe until it is ready', async () => {
  let looks = 0
  await awaitReady(wait({ probe: probe(() => (++looks < 4 ? notYet('no') : ready)) }))
  expect(looks).toBe(4)
})

test('a timeout reports what was awaited, what was seen last, and the last lines', async () => {
  const log = newLog()
  print(log, 'still loading')
  await expect(
    awaitReady(wait({ log, timeoutMs: 20, probe: probe(() => notYet('answered 503')) })),
  ).rejects.toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringMatching(/api is not ready after \d+ ms.*something.*answered 503/),
    facts: { service: 'api', lane: 'lane_1', awaited: 'something', seen: 'answered 503' },
    lastLogs: ['still loading'],
    remedy: expect.stringContaining('/log/api'),
  })
})

test('a probe that hangs is aborted at the deadline, and its error is not reported as seen', async () => {
  const hanging = probe(
    (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  await expect(awaitReady(wait({ timeoutMs: 10, probe: hanging }))).rejects.toMatchObject({
    facts: { seen: 'nothing yet' },
  })
})

test('an exit is reported at once with its exit code', async () => {
  const exited = Promise.withResolvers<ExitFacts>()
  const looks: number[] = []
  const waiting = awaitReady(
    wait({
      exited: exited.promise,
      timeoutMs: 60_000,
      probe: probe(() => {
        // The look fails because the program exits, so its error is not reported.
        if (looks.push(1) === 2) exited.resolve({ exitCode: 3, outOfMemory: false })
        if (looks.length > 1) throw new Error('the container is not running')
        return notYet('no')
      }),
    }),
  )
  await expect(waiting).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { exitCode: 3, awaited: 'something' },
  })
})

test('out of memory has an error code of its own', async () => {
  const exited = Promise.resolve({ exitCode: 137, outOfMemory: true })
  await expect(
    awaitReady(wait({ exited, probe: probe(() => notYet('no')) })),
  ).rejects.toMatchObject({
    code: 'SERVICE_OUT_OF_MEMORY',
    remedy: expect.stringContaining('memoryMiB'),
  })
})

test('a program that is ready before it exits counts as ready', async () => {
  const exited = Promise.withResolvers<ExitFacts>()
  await awaitReady(
    wait({
      exited: exited.promise,
      probe: probe(() => {
        exited.resolve({ exitCode: 0, outOfMemory: false })
        return ready
      }),
    }),
  )
})

test('the wait ends when its caller gives up, and when the lane is removed', async () => {
  const stop = new AbortController()
  using call = openCall('the start of api', {}, { signal: stop.signal })
  const waiting = awaitReady(
    wait({ call, timeoutMs: 60_000, probe: probe(() => notYet('no'), 60_000) }),
  )
  stop.abort(new Error('teardown'))
  await expect(waiting).rejects.toMatchObject({
    code: 'ABORTED',
    summary:
      'the start of api was aborted: api is not ready, waited for something, last seen: nothing yet',
    facts: { service: 'api', seen: 'nothing yet' },
    cause: expect.objectContaining({ message: 'teardown' }),
  })
  await expect(
    awaitReady(wait({ removed: AbortSignal.abort(), probe: probe(() => notYet('no')) })),
  ).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a log probe looks again after each line, also after one that came during a look', async () => {
  const log = newLog()
  let looks = 0
  const waiting = awaitReady(
    wait({
      log,
      timeoutMs: 60_000,
      probe: probe(() => {
        looks++
        const found = log.sinceStart.length >= 2
        if (looks === 1) print(log, 'one')
        return found ? ready : notYet('no')
      }, 0),
    }),
  )
  while (looks < 2) await new Promise(setImmediate)
  print(log, 'two')
  await waiting
  expect(looks).toBe(3)
})

test('a timeout says why nothing reaches the service, if that can be seen', async () => {
  const why = async () => ({
    text: 'it listens on 127.0.0.1:80 only',
    remedy: 'make it listen on 0.0.0.0:80',
    listening: ['127.0.0.1:80'],
  })
  const probeOf = () => probe(() => notYet('connect ECONNREFUSED'))
  await expect(awaitReady(wait({ timeoutMs: 10, probe: probeOf(), why }))).rejects.toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringMatching(/last seen: .*; it listens on 127.0.0.1:80 only/),
    remedy: expect.stringMatching(/^make it listen on 0.0.0.0:80; whole log: /),
    facts: { listening: ['127.0.0.1:80'] },
  })
})

test('a program that exits during the last look is reported as ended', async () => {
  const exited = Promise.withResolvers<ExitFacts>()
  const why = async () => {
    exited.resolve({ exitCode: 5, outOfMemory: false })
    await exited.promise
    return undefined
  }
  await expect(
    awaitReady(
      wait({ timeoutMs: 10, probe: probe(() => notYet('no')), exited: exited.promise, why }),
    ),
  ).rejects.toMatchObject({ code: 'SERVICE_EXITED', facts: { exitCode: 5 } })
})
