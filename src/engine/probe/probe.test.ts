import { expect, test } from 'vitest'
import { ExecError } from '../../errors/exec-error.ts'
import type { ProbeSpec } from '../../model/probe.ts'
import type { ContainerState } from '../../runtime/container-state.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createServiceLog, type ServiceLog } from '../logs/service-log.ts'
import { createProbe, looksAtLog } from './probe.ts'
import type { Look, ProbeTarget } from './target.ts'

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

const target = (more: Partial<ProbeTarget> = {}): ProbeTarget => ({
  runtime: {} as Runtime,
  container: 'c1',
  ports: {},
  published: () => undefined,
  direct: () => undefined,
  lost: async () => undefined,
  log: newLog(),
  ...more,
})

const look = (spec: ProbeSpec, at: ProbeTarget): Promise<Look> =>
  createProbe(spec, at).look(new AbortController().signal)

const exec = (results: readonly (number | Error)[]): Runtime['exec'] => {
  const left = [...results]
  return async () => {
    const exitCode = left.shift() ?? 0
    if (exitCode instanceof Error) throw exitCode
    return { exitCode, stdout: '', stderr: 'first\nlast words\n', durationMs: 1 }
  }
}

test('a log probe counts every matching line once', async () => {
  const log = newLog()
  const probe = createProbe({ kind: 'log', pattern: 'ready', times: 2 }, target({ log }))
  const signal = new AbortController().signal
  const print = (text: string) => log.push({ stream: 'stdout', bytes: Buffer.from(text) })
  expect(probe.intervalMs).toBe(0)
  print('ready\nnot yet\n')
  expect(await probe.look(signal)).toEqual({ ready: false, seen: '1 of 2 lines so far' })
  expect(await probe.look(signal)).toMatchObject({ ready: false })
  print('read')
  expect(await probe.look(signal)).toMatchObject({ ready: false })
  print('y again\n')
  expect(await probe.look(signal)).toEqual({ ready: true })
})

test('a log probe sees a prompt when the program pauses, and counts its line once', async () => {
  const log = newLog()
  const probe = createProbe({ kind: 'log', pattern: '> ', times: 2 }, target({ log }))
  const signal = new AbortController().signal
  const paused = new Promise<void>((resolve) => void log.onLines(resolve))
  log.push({ stream: 'stdout', bytes: Buffer.from('user> ') })
  expect(await probe.look(signal)).toEqual({ ready: false, seen: '0 of 2 lines so far' })
  await paused
  expect(await probe.look(signal)).toEqual({ ready: false, seen: '1 of 2 lines so far' })
  log.push({ stream: 'stdout', bytes: Buffer.from('me\n') })
  expect(await probe.look(signal)).toEqual({ ready: false, seen: '1 of 2 lines so far' })
  log.push({ stream: 'stdout', bytes: Buffer.from('password> \n') })
  expect(await probe.look(signal)).toEqual({ ready: true })
})

test('a pattern without flags is plain text, with flags a regular expression', async () => {
  const log = newLog()
  log.push({ stream: 'stderr', bytes: Buffer.from('Listening on (8080)\n') })
  expect(await look({ kind: 'log', pattern: 'on (8' }, target({ log }))).toEqual({ ready: true })
  expect(
    await look({ kind: 'log', pattern: '^listening .*\\d', flags: '' }, target({ log })),
  ).toMatchObject({ ready: false })
  expect(
    await look({ kind: 'log', pattern: '^listening .*\\d', flags: 'gi' }, target({ log })),
  ).toEqual({ ready: true })
})

test('an exec probe is ready at exit code 0, otherwise it reports the last line', async () => {
  const runtime = { exec: exec([1, 0]) } as Runtime
  const spec = { kind: 'exec', argv: ['pg_isready', '-q'] } as const
  expect(await look(spec, target({ runtime }))).toEqual({
    ready: false,
    seen: 'exit code 1: last words',
  })
  expect(await look(spec, target({ runtime }))).toEqual({ ready: true })
  expect(createProbe(spec, target()).awaited).toBe('pg_isready -q to exit with 0')
})

test('a healthcheck probe reads the health from the engine', async () => {
  const states = ['starting', 'unhealthy', 'healthy'] as const
  for (const health of states) {
    const runtime = { inspect: async () => ({ health }) as ContainerState } as unknown as Runtime
    expect(await look({ kind: 'healthcheck' }, target({ runtime }))).toEqual(
      health === 'healthy' ? { ready: true } : { ready: false, seen: `health is ${health}` },
    )
  }
})

test('an all probe is ready when every part was, and does not repeat ready parts', async () => {
  const log = newLog()
  let asked = 0
  const runtime = {
    exec: async () => {
      asked++
      return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
    },
  } as unknown as Runtime
  const probe = createProbe(
    {
      kind: 'all',
      probes: [
        { kind: 'exec', argv: ['true'] },
        { kind: 'log', pattern: 'up' },
      ],
    },
    target({ log, runtime }),
  )
  const signal = new AbortController().signal
  expect(probe.awaited).toBe('true to exit with 0 and a log line matching "up"')
  expect(probe.intervalMs).toBeGreaterThan(0)
  expect(await probe.look(signal)).toMatchObject({ ready: false, seen: '0 of 1 lines so far' })
  log.push({ stream: 'stdout', bytes: Buffer.from('up\n') })
  expect(await probe.look(signal)).toEqual({ ready: true })
  expect(asked).toBe(1)
})

test('an all probe throws what one of its parts throws', async () => {
  const failure = new ExecError({
    code: 'EXEC_NOT_FOUND',
    message: 'no such program',
    exec: { argv: ['x'], exitCode: undefined, stdout: '', stderr: '' },
  })
  const runtime = { exec: exec([failure]) } as Runtime
  await expect(
    look({ kind: 'all', probes: [{ kind: 'exec', argv: ['x'] }] }, target({ runtime })),
  ).rejects.toBe(failure)
})

test('only log probes need kept lines, also inside of all', () => {
  const inner: ProbeSpec = { kind: 'all', probes: [{ kind: 'log', pattern: 'up' }] }
  expect(looksAtLog({ kind: 'all', probes: [{ kind: 'tcp' }, inner] })).toBe(true)
  expect(looksAtLog({ kind: 'http', path: '/' })).toBe(false)
  expect(looksAtLog(undefined)).toBe(false)
})
