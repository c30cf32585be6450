import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeRunsHome } from '../../test/lib/runs-home.ts'
import { makeRunDir } from '../protocol/run-access.ts'
import { runDirOf, runsFolder, warmRun } from '../protocol/run-dir.ts'
import { down } from './down.ts'
import { listRuns, runDirs, theRun } from './runs.ts'
import { watchRun } from './watch-run.ts'

const isWindows = process.platform === 'win32'

let home = ''
let root = ''
beforeEach(() => {
  ;({ home, root } = makeRunsHome())
  vi.stubEnv('MESOCOSM_RUN', undefined)
})

const readers = {
  ps: () => listRuns(root),
  'logs and exec': () => theRun(root),
  'logs and exec of a named run': () => theRun(root, warmRun),
  down: () => down(root),
  'down --all': () => down(root, { all: true }),
  'run --watch': () =>
    watchRun(root, warmRun, {
      onView: () => {},
      onEvent: () => {},
      signal: new AbortController().signal,
    }),
}

test.skipIf(isWindows).each(Object.entries(readers))(
  '%s connects to nothing below a runs folder that is a link',
  async (_, read) => {
    const runDir = runDirOf(root, warmRun)
    makeRunDir(runDir)
    writeFileSync(runDir.token, 'known', { mode: 0o600 })
    let connections = 0
    const server = createServer(() => void connections++)
    await new Promise<void>((resolve) => server.listen(runDir.socket, resolve))
    onTestFinished(() => void server.close())
    chmodSync(runDir.socket, 0o700)
    renameSync(runsFolder(), join(home, 'planted'))
    symlinkSync(join(home, 'planted'), runsFolder())
    await expect(read()).rejects.toMatchObject({
      code: 'SUPERVISOR_UNREACHABLE',
      message: expect.stringContaining(`${runsFolder()} is a symbolic link`),
    })
    expect(connections).toBe(0)
  },
)

test('runDirs lists the runs of a project, the warm one first, and no other entries', () => {
  for (const who of ['42', warmRun, 'ci']) makeRunDir(runDirOf(root, who))
  makeRunDir(runDirOf(home, warmRun))
  mkdirSync(`${runDirOf(root, '41').folder}.ended-7`)
  writeFileSync(runDirOf(root, 'file').folder, '')
  symlinkSync(runDirOf(root, '42').folder, runDirOf(root, 'link').folder)
  const found = runDirs(root).map(({ who }) => who)
  expect(found[0]).toBe(warmRun)
  expect(found.sort()).toEqual(['42', 'ci', warmRun])
})

test.skipIf(isWindows)('down ends a supervisor of another version', async () => {
  const runDir = runDirOf(root, warmRun)
  makeRunDir(runDir)
  writeFileSync(runDir.token, 'token', { mode: 0o600 })
  const identity = new URL('../supervisor/owner-identity.ts', import.meta.url).href
  // Version 2 knew no challenge.
  const script = `
    import { writeFileSync } from 'node:fs'
    import { createServer } from 'node:net'
    const { ownIdentity, writeIdentity } = await import(${JSON.stringify(identity)})
    writeFileSync(${JSON.stringify(runDir.owner)}, writeIdentity(ownIdentity()), { mode: 0o600 })
    const error = { name: 'MesocosmError', code: 'PROTOCOL', message: 'the first call must be hello', facts: {}, details: [], lastLogs: [] }
    process.umask(0o077)
    createServer((socket) =>
      socket.on('data', (line) => socket.write(JSON.stringify({ id: JSON.parse(line).id, error }) + '\\n')),
    ).listen(${JSON.stringify(runDir.socket)}, () => process.stdout.write('up'))`
  const old = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void old.kill('SIGKILL'))
  const ended = new Promise((resolve) => old.once('exit', (_, signal) => resolve(signal)))
  await new Promise((resolve) => old.stdout.once('data', resolve))
  await expect(theRun(root)).rejects.toMatchObject({
    code: 'PROTOCOL',
    remedy: expect.stringContaining('mesocosm down'),
  })
  expect(await down(root)).toMatchObject([{ who: warmRun, run: undefined }])
  expect(await ended).toBe('SIGTERM')
})
