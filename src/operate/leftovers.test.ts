import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { makeRunsHome } from '../../test/lib/runs-home.ts'
import { projectPrefix, runDirNamed, runDirOf, runsFolder } from '../protocol/run-dir.ts'
import { giveAway, needRoot, otherUid } from '../protocol/test-other-user.ts'
import { createMemoryRuntime } from '../runtime/memory/memory-runtime.ts'
import { ownIdentity, writeIdentity } from '../supervisor/owner-identity.ts'
import { type FindLeftoversOptions, type Leftovers, leftoversOn, pruneOn } from './leftovers.ts'
import { runDirStates } from './run-dir-states.ts'

const isWindows = process.platform === 'win32'

let home = ''
beforeEach(() => {
  home = makeRunsHome().home
})

const alive = writeIdentity(ownIdentity())
const dead = writeIdentity({ ...ownIdentity(), pid: spawnSync(process.execPath, ['-e', '0']).pid })
const elsewhere = writeIdentity({ ...ownIdentity(), host: 'another', pid: 1 })

/** Nothing is on the engine: only the run directories matter here. */
const runtime = createMemoryRuntime({ programs: {} })
const findLeftovers = (options: FindLeftoversOptions = {}) => leftoversOn(runtime, options)
const prune = (leftovers: Leftovers) => pruneOn(runtime, leftovers)

type Files = Readonly<Record<string, string>>

/** Creates a run directory; `who` is a part of its name. */
const folder = (who: string, files: Files = {}): string => {
  const { folder: path } = runDirNamed(`${projectPrefix('/project')}${who}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(path, file), text, { mode: 0o600 })
  return path
}

/** Dates a folder and what is in it back to 1970. */
const age = (path: string): string => {
  for (const name of readdirSync(path)) lutimesSync(join(path, name), 0, 0)
  utimesSync(path, 0, 0)
  return path
}

const names = async (olderThanMs?: number) => {
  const { folders } = await findLeftovers(olderThanMs === undefined ? {} : { olderThanMs })
  return [...folders].sort()
}

test('leftovers are run directories whose owners are all dead, and old ones without an owner', async () => {
  folder('living', { owner: alive, 'owner.1': alive })
  folder('followed', { owner: dead, 'owner.1': dead, 'owner.2': alive })
  folder('elsewhere', { owner: elsewhere })
  folder('starting')
  const died = folder('died', { owner: dead, 'owner.1': dead })
  const ended = folder('died.ended-7', { owner: dead, 'owner.1': dead })
  const abandoned = age(folder('abandoned'))
  expect(await names()).toEqual([abandoned, died, ended].sort())
})

test('a run directory without an owner that was written lately is not a leftover', async () => {
  const path = age(folder('slow', { starting: '1' }))
  writeFileSync(join(path, 'supervisor.log'), 'still at it')
  utimesSync(path, 0, 0)
  expect(await names()).toEqual([])
})

test('olderThanMs adds old run directories whose owner cannot be seen from here', async () => {
  age(folder('living', { owner: alive }))
  folder('young', { owner: elsewhere })
  const old = age(folder('old', { owner: elsewhere, 'owner.1': elsewhere }))
  const written = age(folder('written', { owner: elsewhere }))
  writeFileSync(join(written, 'supervisor.log'), '')
  expect(await names()).toEqual([])
  expect(await names(3_600_000)).toEqual([old])
})

test.skipIf(isWindows)(
  'a run directory at whose socket a process listens is never a leftover',
  async () => {
    const path = age(folder('listening', { owner: elsewhere }))
    const died = age(folder('died', { owner: dead }))
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(path, 's'), resolve))
    chmodSync(join(path, 's'), 0o700)
    age(path)
    expect(await names(1)).toEqual([died])
    await prune({ engine: { containers: [], networks: [], volumes: [] }, folders: [path, died] })
    expect([path, died].map((it) => existsSync(it))).toEqual([true, false])
    await new Promise((resolve) => server.close(resolve))
  },
)

test('files, links and foreign names in the runs folder are not leftovers', async () => {
  const died = folder('died', { owner: dead })
  const runs = dirname(died)
  const target = join(home, 'target')
  mkdirSync(target, { mode: 0o700 })
  writeFileSync(join(target, 'owner'), dead, { mode: 0o600 })
  writeFileSync(join(target, 'thesis.txt'), 'years of work')
  const file = runDirOf('/project', 'file').folder
  const link = runDirOf('/project', 'link').folder
  writeFileSync(file, 'not ours')
  symlinkSync(target, link)
  for (const name of ['photos', '.ssh', 'dockerd.log-1', '0123456789', '012345678g-1', 'a-1'])
    mkdirSync(join(runs, name))
  writeFileSync(join(runs, 'dockerd.log'), 'still written')
  for (const name of readdirSync(runs)) lutimesSync(join(runs, name), 0, 0)
  const before = readdirSync(runs)

  const leftovers = await findLeftovers({ olderThanMs: 0 })
  expect(leftovers.folders).toEqual([died])
  await prune(leftovers)
  expect(readdirSync(runs)).toEqual(before.filter((name) => join(runs, name) !== died))
  expect(readdirSync(target).sort()).toEqual(['owner', 'thesis.txt'])
})

test('links in a run directory are removed, not followed', async () => {
  const target = join(home, 'target')
  mkdirSync(target)
  writeFileSync(join(target, 'thesis.txt'), 'years of work')
  const died = folder('died', { owner: dead })
  symlinkSync(target, join(died, 'folder'))
  symlinkSync(join(target, 'thesis.txt'), join(died, 'file'))
  await prune(await findLeftovers())
  expect(existsSync(died)).toBe(false)
  expect(readdirSync(target)).toEqual(['thesis.txt'])
})

test('an owner file that is a link is not read', async () => {
  const target = join(home, 'identity')
  writeFileSync(target, alive, { mode: 0o600 })
  const path = folder('linked', { 'owner.1': dead })
  symlinkSync(target, join(path, 'owner'))
  expect(await names()).toEqual([path])
})

/** Ways in which the runs folder can be another user's. */
const foreign = 'belongs to another user'
const plants: Record<string, (runs: string, target: string) => void> = {
  'is a link': (runs, target) => {
    renameSync(runs, `${runs}-away`)
    symlinkSync(target, runs)
  },
  'is a link to nothing': (runs) => {
    renameSync(runs, `${runs}-away`)
    symlinkSync(join(home, 'missing'), runs)
  },
  'is a file': (runs) => {
    renameSync(runs, `${runs}-away`)
    writeFileSync(runs, '')
  },
  'can be written by all': (runs) => chmodSync(runs, 0o777),
  [foreign]: giveAway,
}

test.skipIf(isWindows).for(Object.entries(plants))(
  'nothing is found or removed when the runs folder %s',
  async ([name, plant], context) => {
    if (name === foreign) needRoot(context)
    const died = folder('died', { owner: dead })
    const target = join(home, 'victim')
    // Even what looks like a run directory there.
    mkdirSync(join(target, died.slice(dirname(died).length)), { recursive: true })
    mkdirSync(join(target, '.ssh'))
    writeFileSync(join(target, 'thesis.txt'), 'years of work')
    for (const name of readdirSync(target)) utimesSync(join(target, name), 0, 0)
    const before = readdirSync(target)
    plant(runsFolder(), target)
    const kind = lstatSync(runsFolder()).mode

    const refused = {
      code: 'SUPERVISOR_UNREACHABLE',
      message: expect.stringContaining(runsFolder()),
      remedy: expect.any(String),
    }
    const engine = { containers: [], networks: [], volumes: [] }
    await expect(findLeftovers()).rejects.toMatchObject(refused)
    await expect(prune({ engine, folders: [died] })).rejects.toMatchObject(refused)
    expect(readdirSync(target)).toEqual(before)
    expect(lstatSync(runsFolder()).mode).toBe(kind)
  },
)

test('a run directory of another user is not a leftover', async (context) => {
  needRoot(context)
  const died = folder('died', { owner: dead })
  const theirs = giveAway(folder('theirs', { owner: dead }))
  expect(await names()).toEqual([died])
  const engine = { containers: [], networks: [], volumes: [] }
  await expect(prune({ engine, folders: [theirs] })).rejects.toMatchObject({
    code: 'SUPERVISOR_UNREACHABLE',
    message: expect.stringContaining(`uid ${otherUid}`),
  })
  expect(existsSync(theirs)).toBe(true)
})

test('prune removes only run directories, whatever it is given', async () => {
  const engine = { containers: [], networks: [], volumes: [] }
  const outside = join(home, 'outside')
  mkdirSync(outside)
  folder('x')
  for (const path of [outside, runsFolder(), join(runsFolder(), '..', 'outside'), 'outside', '/'])
    await expect(prune({ engine, folders: [path] })).rejects.toMatchObject({
      code: 'SUPERVISOR_UNREACHABLE',
      facts: { path },
    })
  expect(existsSync(outside)).toBe(true)
})

test('prune keeps a run directory whose run has started again', async () => {
  const path = folder('again', { owner: dead })
  const leftovers = await findLeftovers()
  expect(leftovers.folders).toEqual([path])
  writeFileSync(join(path, 'owner.2'), alive, { mode: 0o600 })
  await prune(leftovers)
  expect(existsSync(path)).toBe(true)
})

test('the owners of live run directories are known', async () => {
  folder('living', { owner: alive, 'owner.1': dead })
  expect(await runDirStates()).toMatchObject([
    { state: 'alive', owners: expect.arrayContaining([alive, dead]) },
  ])
})
