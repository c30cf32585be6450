import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rowFlag } from '../../trace/event/row-flag.ts'
import { type LogFile, openLogFile } from '../../trace/write/log-file.ts'
import { createRedactor } from '../../trace/write/redact.ts'
import { logExpectations } from './log-expectations.ts'
import { createServiceLogs } from './service-logs.ts'

/** A service's log on disk, and a supervisor that notifies of it. */
const fixture = (options: { readonly after?: number } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-logs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const listeners = new Set<() => void>()
  const count = { last: 0 }
  let files = 0
  const open = (name = 'api'): LogFile =>
    openLogFile(
      folder,
      { lane: 'lane_1', service: name, container: `c${++files}`, seq: files },
      { redactor: createRedactor(), count },
    )
  const source = {
    service: 'api',
    folder,
    lane: 'lane_1',
    name: 'api',
    after: options.after ?? 0,
    gone: false,
    onWritten: async (listener: () => void) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
  let file = open()
  const wake = () => {
    for (const listener of listeners) listener()
  }
  return {
    logs: createServiceLogs(source),
    source,
    listeners,
    wake,
    /** Another container of the service writes from now on. */
    next: (name?: string) => {
      file = open(name)
    },
    print: (text: string, time = Date.now()) => {
      file.write([[time, text, 1, 0]])
      wake()
    },
    write: (text: string, flags: number, fd: 1 | 2 = 1) => {
      file.write([[Date.now(), text, fd, flags]])
      wake()
    },
  }
}

const listening = async (listeners: ReadonlySet<unknown>) => {
  while (listeners.size === 0) await new Promise(setImmediate)
}

test('text returns all lines since the mark, over all containers of the service', () => {
  const { logs, print, next } = fixture()
  print('one')
  next()
  print('two')
  expect(logs.text()).toBe('one\ntwo')
  expect(logs.lines()).toMatchObject([
    { text: 'one', stream: 'stdout', service: 'api' },
    { text: 'two' },
  ])
})

test('clear moves the mark and deletes nothing', () => {
  const { logs, print, source } = fixture()
  print('one')
  logs.clear()
  expect(logs.text()).toBe('')
  print('two')
  expect(logs.text()).toBe('two')
  expect(createServiceLogs(source).text()).toBe('one\ntwo')
})

test('the first mark is the lease, whenever the logs are first read and whatever the clock of the supervisor says', () => {
  for (const time of [Date.now() - 36e5, Date.now() + 36e5]) {
    const { logs, print } = fixture({ after: 1 })
    print('of another test', time)
    print('of this lease', time)
    print('too', time)
    expect(logs.text()).toBe('of this lease\ntoo')
  }
})

test('waitFor returns a line that was already written without asking the supervisor', async () => {
  const { logs, print, listeners } = fixture()
  print('listening on 80')
  expect(await logs.waitFor(/on \d+/g)).toMatchObject({ text: 'listening on 80' })
  expect(await logs.waitFor('on 80')).toMatchObject({ text: 'listening on 80' })
  expect(listeners.size).toBe(0)
})

test('waitFor returns a line that comes later and stops listening', async () => {
  const { logs, print, next, listeners } = fixture()
  const found = logs.waitFor(/ready/)
  await listening(listeners)
  print('loading')
  next()
  print('ready')
  expect(await found).toMatchObject({ text: 'ready' })
  expect(listeners.size).toBe(0)
})

test('a waitFor that times out lists the lines that came', async () => {
  const { logs, print, listeners } = fixture()
  const found = logs.waitFor(/ready/, { timeoutMs: 20 })
  await listening(listeners)
  for (let line = 1; line <= 25; line++) print(`loading ${line}`)
  const error = await found.catch((it: unknown) => it)
  expect(error).toMatchObject({
    code: 'LOG_TIMEOUT',
    message: expect.stringContaining('matching /ready/ within 20 ms; 25 other lines came'),
    facts: { service: 'api', lines: 25 },
  })
  expect((error as { lastLogs: string[] }).lastLogs).toHaveLength(20)
  expect(listeners.size).toBe(0)
})

test('an aborted waitFor rejects with ABORTED', async () => {
  const { logs, listeners } = fixture()
  const stop = new AbortController()
  const found = logs.waitFor('ready', { signal: stop.signal })
  await listening(listeners)
  stop.abort(new Error('enough'))
  await expect(found).rejects.toMatchObject({
    code: 'ABORTED',
    cause: expect.objectContaining({ message: 'enough' }),
  })
})

test('waitFor reads what is written when the supervisor goes, then rejects', async () => {
  const { logs, print, source, wake, listeners } = fixture()
  const missed = logs.waitFor('never')
  const found = logs.waitFor('last words')
  await listening(listeners)
  source.gone = true
  print('last words')
  wake()
  expect(await found).toMatchObject({ text: 'last words' })
  await expect(missed).rejects.toMatchObject({ code: 'SUPERVISOR_GONE' })
})

test('follow yields written lines, then new ones, until the loop ends', async () => {
  const { logs, print, listeners } = fixture()
  print('one')
  const seen: string[] = []
  for await (const { text } of logs.follow()) {
    seen.push(text)
    if (text === 'one') setImmediate(() => print('two'))
    if (text === 'two') break
  }
  expect(seen).toEqual(['one', 'two'])
  expect(listeners.size).toBe(0)
})

test('follow ends with its signal and skips no line written before', async () => {
  const { logs, print, listeners } = fixture()
  const stop = new AbortController()
  const seen: string[] = []
  const following = (async () => {
    for await (const { text } of logs.follow({ signal: stop.signal })) seen.push(text)
  })()
  await listening(listeners)
  print('one')
  stop.abort()
  await following
  expect(seen).toEqual(['one'])
})

test('lines of a shared server carry the name of the service', () => {
  const { logs, source, print, next } = fixture()
  print('not this')
  next('api-2')
  source.name = 'api-2'
  print('this')
  expect(logs.lines()).toMatchObject([{ text: 'this', service: 'api' }])
})

test('a prompt is in text and lines, waitFor finds it, and it is there once when its line has ended', async () => {
  const { logs, write, print, listeners } = fixture()
  print('starting')
  const found = logs.waitFor('ready> ')
  await listening(listeners)
  write('ready> ', rowFlag.partial)
  expect(await found).toMatchObject({ text: 'ready> ', partial: true })
  expect(logs.text()).toBe('starting\nready> ')
  expect(logs.lines()).toMatchObject([{ text: 'starting' }, { text: 'ready> ', partial: true }])
  expect(await logs.waitFor(/ready/)).toMatchObject({ partial: true })
  print('ready> yes')
  expect(logs.text()).toBe('starting\nready> yes')
  expect(logs.lines()[1]).not.toHaveProperty('partial')
})

test('follow yields a line that grows once, when it has ended', async () => {
  const { logs, write, print } = fixture()
  write('10 %', rowFlag.partial)
  const seen: string[] = []
  setImmediate(() => {
    write('10 %, 20 %', rowFlag.partial)
    print('10 %, 20 %, done')
  })
  for await (const { text } of logs.follow()) {
    seen.push(text)
    if (text.endsWith('done')) break
  }
  expect(seen).toEqual(['10 %, 20 %, done'])
})

test('a prompt that does not match is not counted, and is in the error', async () => {
  const { logs, write, print } = fixture()
  print('one')
  write('10 %', rowFlag.partial)
  write('10 %, 20 %', rowFlag.partial)
  await expect(logs.waitFor('100 %', { timeoutMs: 20 })).rejects.toMatchObject({
    facts: { lines: 1 },
    lastLogs: ['one', '10 %, 20 %'],
  })
})

test('text joins the pieces of a line that was cut, also around lines of the other stream', () => {
  const { logs, write } = fixture()
  write('a', rowFlag.cut)
  write('noise', 0, 2)
  write('b', rowFlag.cut)
  write('c', 0)
  write('d', 0)
  expect(logs.text()).toBe('abc\nnoise\nd')
  expect(logs.lines()).toMatchObject([
    { text: 'a', cut: true },
    { text: 'noise' },
    { text: 'b', cut: true },
    { text: 'c' },
    { text: 'd' },
  ])
})

test('text does not join what a gap is between', () => {
  const { logs, write } = fixture()
  write('a', rowFlag.cut)
  write('1 line was not recorded', rowFlag.gap)
  write('c', 0)
  expect(logs.text()).toBe('a\n1 line was not recorded\nc')
})

test('a gap is a line of its own that waitFor does not match', async () => {
  const { logs, write, source } = fixture()
  write('3 lines were not recorded: ENOSPC', rowFlag.gap)
  expect(logs.lines()).toMatchObject([{ gap: true }])
  Object.assign(source, { fault: 'the record is incomplete: ENOSPC' })
  await expect(logs.waitFor('not recorded', { timeoutMs: 20 })).rejects.toMatchObject({
    code: 'LOG_TIMEOUT',
    message: expect.stringContaining('the record is incomplete: ENOSPC'),
    remedy: expect.stringContaining('free disk space'),
    lastLogs: ['3 lines were not recorded: ENOSPC'],
  })
})

test('an expectation of logs holds for a line that is there or comes, and shows those that match', async () => {
  const { logs, print, listeners } = fixture()
  const { toContainLine } = logExpectations('api', logs)
  print('one')
  print('two ones')
  const expectation = toContainLine('one', { timeoutMs: 5 })
  expect(expectation).toMatchObject({
    awaited: 'a line of api matching one',
    receiver: 'api.logs',
    options: { timeoutMs: 5 },
  })
  expect(await expectation.wait({})).toMatchObject({ text: 'one' })
  const present = await expectation.present({})
  expect(present.map((line) => expectation.lineOf(line))).toEqual(['one', 'two ones'])
  expect(await toContainLine(/^one$/g).present({})).toHaveLength(1)
  expect(await toContainLine(expect.stringContaining('two')).present({})).toHaveLength(1)
  const later = toContainLine(expect.stringMatching(/^three/)).wait({})
  await listening(listeners)
  print('three')
  expect(await later).toMatchObject({ text: 'three' })
  await expect(toContainLine(/four/).wait({ timeoutMs: 1 })).rejects.toMatchObject({
    code: 'LOG_TIMEOUT',
  })
  expect(() => toContainLine(4 as never)).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
  )
})
