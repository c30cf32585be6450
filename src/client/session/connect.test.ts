import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeRunsHome } from '../../../test/lib/runs-home.ts'
import { createLineSocket } from '../../protocol/line-socket.ts'
import type { Message } from '../../protocol/message.ts'
import { newNonce, proofOf } from '../../protocol/proof.ts'
import { makeRunDir } from '../../protocol/run-access.ts'
import { type RunDir, runDirOf, runsFolder, warmRun } from '../../protocol/run-dir.ts'
import { giveAway, needRoot, otherUid } from '../../protocol/test-other-user.ts'
import { connectOrStart, connectTo, startAt } from './connect.ts'

const isWindows = process.platform === 'win32'
const token = 'open sesame'

let folder = ''
let root = ''
beforeEach(() => {
  ;({ home: folder, root } = makeRunsHome())
})

type Call = Extract<Message, { readonly method: string }>
type Answer = (call: Call, challenge: Call | undefined) => unknown

/** Listens at the socket of a run with a token in its folder; answers as told, and keeps what it received. */
const serve = async (runDir: RunDir, answer: Answer) => {
  makeRunDir(runDir)
  writeFileSync(runDir.token, token, { mode: 0o600 })
  const received: Message[] = []
  const made = { connections: 0 }
  const server = createServer((socket) => {
    made.connections++
    let challenge: Call | undefined
    const line = createLineSocket(socket, {
      message: (message) => {
        received.push(message)
        if (!('method' in message)) return
        if (message.method === 'challenge') challenge = message
        line.send({ id: message.id, result: answer(message, challenge) })
      },
      close: () => {},
    })
  })
  const umask = process.umask(0o077)
  await new Promise<void>((resolve) => server.listen(runDir.socket, resolve))
  process.umask(umask)
  onTestFinished(() => void server.close())
  return { received, made }
}

const supervisorNonce = newNonce()

/** Answers as a supervisor that knows the token does; its record is in `record`. */
const genuine =
  (record: string, run = 'r1'): Answer =>
  ({ method, params }) =>
    method === 'challenge'
      ? {
          nonce: supervisorNonce,
          proof: proofOf(token, 'supervisor', {
            client: (params as { nonce: string }).nonce,
            supervisor: supervisorNonce,
          }),
        }
      : { run, folder: record, engine: 'none', pid: 1, kept: false }

const client = 'the client'
const connect = (runDir: RunDir) => connectTo(runDir, { root, client })
const refused = (...texts: string[]) => ({
  code: 'SUPERVISOR_UNREACHABLE',
  message: expect.stringMatching(texts.join('.*')),
  remedy: expect.any(String),
})

test('the client connects to a supervisor that proves that it knows the token, and proves it too', async () => {
  const runDir = runDirOf(root, 'x')
  const { received } = await serve(runDir, genuine(join(root, '.mesocosm', 'runs', 'r1')))
  const session = await connect(runDir)
  session?.caller.close()
  expect(session?.facts.run).toBe('r1')
  const [challenge, hello] = received as [Call, Call]
  const { nonce } = challenge.params as { nonce: string }
  expect(hello.params).toMatchObject({
    client,
    proof: proofOf(token, 'client', { client: nonce, supervisor: supervisorNonce }),
  })
  expect(JSON.stringify(received)).not.toContain(token)
})

test('a process without the token gets a nonce and nothing else', async () => {
  const impostors: Answer[] = [
    () => ({ nonce: newNonce(), proof: newNonce() }),
    // It returns what it was sent.
    ({ params }) => ({ ...(params as object), proof: (params as { nonce: string }).nonce }),
    () => ({ nonce: newNonce(), proof: '' }),
    () => ({}),
    () => null,
  ]
  for (const [index, impostor] of impostors.entries()) {
    const runDir = runDirOf(root, String(index))
    const { received, made } = await serve(runDir, impostor)
    await expect(connect(runDir)).rejects.toMatchObject(refused('does not know the token'))
    expect(made.connections).toBe(1)
    expect(received).toMatchObject([{ method: 'challenge' }])
    expect(Object.keys((received[0] as Call).params as object)).toEqual(['version', 'nonce'])
    for (const secret of [token, client]) expect(JSON.stringify(received)).not.toContain(secret)
  }
})

test('a proof of an earlier connection is refused', async () => {
  const runDir = runDirOf(root, 'x')
  const genuineAnswer = genuine(join(root, '.mesocosm', 'runs', 'r1'))
  const recorded = new Map<string, unknown>()
  const { received } = await serve(runDir, (call, challenge) => {
    const answer = recorded.get(call.method) ?? genuineAnswer(call, challenge)
    recorded.set(call.method, answer)
    return answer
  })
  const session = await connect(runDir)
  session?.caller.close()
  const before = received.length
  await expect(connect(runDir)).rejects.toMatchObject(refused('does not know the token'))
  expect(received.slice(before)).toMatchObject([{ method: 'challenge' }])
})

/** Ways to put something of another user, or open to other users, in the way of a client. */
const plants: Record<string, (runDir: RunDir) => string> = {
  'the runs folder is a link': ({ folder: run }) => {
    renameSync(dirname(run), join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), dirname(run))
    return dirname(run)
  },
  'the run directory is a link': ({ folder: run }) => {
    renameSync(run, join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), run)
    return run
  },
  'the socket is a link': ({ socket }) => {
    renameSync(socket, join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), socket)
    return socket
  },
  'the token is a link': ({ token: file }) => {
    renameSync(file, join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), file)
    return file
  },
  'the group can write to the runs folder': ({ folder: run }) => open(dirname(run), 0o770),
  'all can write to the run directory': ({ folder: run }) => open(run, 0o777),
  'all can connect to the socket': ({ socket }) => open(socket, 0o777),
  'the group can read the token': ({ token: file }) => open(file, 0o640),
}

const foreign: typeof plants = {
  'the runs folder belongs to another user': ({ folder: run }) => giveAway(dirname(run)),
  'the run directory belongs to another user': ({ folder: run }) => giveAway(run),
  'the socket belongs to another user': ({ socket }) => giveAway(socket),
  'the token belongs to another user': ({ token: file }) => giveAway(file),
}

const open = (path: string, mode: number): string => {
  chmodSync(path, mode)
  return path
}

test.skipIf(isWindows).for(Object.entries({ ...plants, ...foreign }))(
  'nothing is connected to, sent or started when %s',
  async ([name, plant], context) => {
    if (name in foreign) needRoot(context)
    const runDir = runDirOf(root, warmRun)
    const { made } = await serve(runDir, genuine(join(root, '.mesocosm', 'runs', 'r1')))
    const path = plant(runDir)
    vi.stubEnv('MESOCOSM_RUN', undefined)
    for (const attempt of [
      () => connect(runDir),
      () => connectOrStart({ root, client }),
      () => startAt(runDir, { root, client }),
    ])
      await expect(attempt()).rejects.toMatchObject({ ...refused(path), facts: { path } })
    expect(made.connections).toBe(0)
    expect(existsSync(runDir.starting)).toBe(false)
  },
)

test('a client does not speak to a supervisor that another user has put in its place', async (context) => {
  needRoot(context)
  chmodSync(folder, 0o777)
  const runDir = runDirOf(root, warmRun)
  const heard = join(folder, 'heard')
  mkdirSync(heard, { mode: 0o777 })
  chmodSync(heard, 0o777)
  // As the attack is done: all is created by the other user, before the first run.
  const script = `
      const fs = require('node:fs')
      fs.mkdirSync(${JSON.stringify(runDir.folder)}, { recursive: true, mode: 0o755 })
      fs.writeFileSync(${JSON.stringify(runDir.token)}, 'known', { mode: 0o644 })
      require('node:net')
        .createServer((socket) => {
          fs.writeFileSync(${JSON.stringify(join(heard, 'connection'))}, '')
          socket.on('data', (bytes) => fs.appendFileSync(${JSON.stringify(join(heard, 'bytes'))}, bytes))
        })
        .listen(${JSON.stringify(runDir.socket)}, () => process.stdout.write('up'))`
  const other = spawn(process.execPath, ['-e', script], {
    uid: otherUid,
    gid: otherUid,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void other.kill('SIGKILL'))
  await new Promise((resolve) => other.stdout.once('data', resolve))
  vi.stubEnv('MESOCOSM_RUN', undefined)
  await expect(connectOrStart({ root, client })).rejects.toMatchObject({
    ...refused(runsFolder(), `uid ${otherUid}`),
    remedy: expect.stringContaining('TMPDIR'),
  })
  expect(existsSync(join(heard, 'connection'))).toBe(false)
  // The remedy works: the other user is not in the way there.
  const own = join(folder, 'own')
  mkdirSync(own, { mode: 0o700 })
  vi.stubEnv('TMPDIR', own)
  expect(await connect(runDirOf(root, warmRun))).toBeUndefined()
})

test('a record outside of the project is refused before anything is written there', async () => {
  const runs = join(root, '.mesocosm', 'runs')
  const elsewhere = join(folder, 'elsewhere')
  mkdirSync(join(elsewhere, 'ev'), { recursive: true })
  const cases = [
    { folder: elsewhere, run: 'r1' },
    { folder: join(runs, '..', '..', '..', 'elsewhere'), run: '../../../elsewhere' },
    { folder: join(runs, 'r2'), run: 'r1' },
    { folder: runs, run: '' },
    { folder: join(runs, '..'), run: '..' },
  ]
  for (const [index, { folder: record, run }] of cases.entries()) {
    const runDir = runDirOf(root, String(index))
    await serve(runDir, genuine(record, run))
    await expect(connect(runDir)).rejects.toMatchObject({
      code: 'PROTOCOL',
      message: expect.stringContaining(record),
      facts: { folder: record, root },
    })
  }
})

test('a run directory without supervisor, socket or token has none to connect to', async () => {
  const runDir = runDirOf(root, 'x')
  expect(await connect(runDir)).toBeUndefined()
  makeRunDir(runDir)
  expect(await connect(runDir)).toBeUndefined()
  const { made } = await serve(runDir, genuine(join(root, '.mesocosm', 'runs', 'r1')))
  rmSync(runDir.token)
  expect(await connect(runDir)).toBeUndefined()
  expect(made.connections).toBe(0)
})

test.skipIf(isWindows)(
  'a path that is too long for a socket is refused with a remedy',
  async () => {
    const long = join(folder, 'x'.repeat(100))
    mkdirSync(long)
    vi.stubEnv('TMPDIR', long)
    vi.stubEnv('MESOCOSM_RUN', undefined)
    const { socket } = runDirOf(root, warmRun)
    for (const attempt of [
      () => connect(runDirOf(root, warmRun)),
      () => connectOrStart({ root, client }),
    ])
      await expect(attempt()).rejects.toMatchObject({
        ...refused(socket, `${socket.length} bytes`),
        remedy: 'set TMPDIR to a folder with a shorter path',
      })
    expect(existsSync(runsFolder())).toBe(false)
  },
)

test.skipIf(process.platform !== 'linux')('the longest path that is accepted works', async () => {
  // sun_path of unix(7) has 108 bytes, of which the last is the terminator.
  const { length } = runDirOf(root, 'x').socket
  const long = join(folder, 'é'.repeat(Math.floor((107 - length - 1) / 2)))
  mkdirSync(long)
  vi.stubEnv('TMPDIR', long)
  const space = 107 - Buffer.byteLength(runDirOf(root, 'x').socket)
  const longest = runDirOf(root, `x${'y'.repeat(space)}`)
  expect(Buffer.byteLength(longest.socket)).toBe(107)
  await serve(longest, genuine(join(root, '.mesocosm', 'runs', 'r1')))
  const session = await connect(longest)
  session?.caller.close()
  expect(session?.facts.run).toBe('r1')
  await expect(connect(runDirOf(root, `xx${'y'.repeat(space)}`))).rejects.toMatchObject(
    refused('108 bytes'),
  )
})

test.skipIf(isWindows)(
  'makeRunDir closes folders that other users can read, and creates missing ones',
  () => {
    const runDir = runDirOf(root, 'x')
    mkdirSync(runDir.folder, { recursive: true })
    for (const path of [runsFolder(), runDir.folder]) chmodSync(path, 0o755)
    makeRunDir(runDir)
    const modes = () => [runsFolder(), runDir.folder].map((path) => statSync(path).mode & 0o777)
    expect(modes()).toEqual([0o700, 0o700])
    rmSync(runsFolder(), { recursive: true })
    makeRunDir(runDir)
    expect(modes()).toEqual([0o700, 0o700])
  },
)
