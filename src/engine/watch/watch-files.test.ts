import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type WatchFilesOptions, watchFiles } from './watch-files.ts'

const watched = (options: Partial<WatchFilesOptions> = {}, later: readonly string[] = []) => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-watch-'))
  writeFileSync(join(folder, 'main.js'), 'one')
  mkdirSync(join(folder, 'node_modules'))
  const changes: (readonly string[])[] = []
  const watch = watchFiles({
    paths: [folder, ...later.map((name) => join(folder, name))],
    onChange: (files) => changes.push(files),
    quietMs: 20,
    pollMs: 20,
    ...options,
  })
  onTestFinished(() => {
    watch[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })
  const seen = () => [...new Set(changes.flat())].map((path) => path.slice(folder.length + 1))
  return { folder, changes, seen, watch }
}

const until = (seen: () => readonly string[], wanted: readonly string[]) =>
  expect.poll(() => [...seen()].sort(), { timeout: 30_000 }).toEqual([...wanted].sort())

/** The first look is over when a file is seen that is new. */
const begun = async ({ folder, seen, changes }: ReturnType<typeof watched>) => {
  let count = 0
  await expect
    .poll(
      () => {
        writeFileSync(join(folder, 'begun'), `${++count}`)
        return seen()
      },
      { timeout: 30_000 },
    )
    .toContain('begun')
  rmSync(join(folder, 'begun'))
  await expect.poll(() => changes.length, { timeout: 30_000 }).toBeGreaterThan(0)
  changes.length = 0
}

test.each([
  // Only the system can report a change in time.
  ['the system reports', { poll: false, pollMs: 600_000 }],
  ['looks find', { poll: true }],
])(
  '%s changed, added and removed files, also in new folders, and not those of packages',
  async (_, options) => {
    const scene = watched(options)
    const { folder, seen } = scene
    await begun(scene)
    mkdirSync(join(folder, 'lib', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'lib', 'deep', 'new.js'), '1')
    writeFileSync(join(folder, 'node_modules', 'package.js'), '1')
    const found = () => seen().filter((name) => name !== 'begun')
    await until(found, ['lib/deep/new.js'])
    writeFileSync(join(folder, 'lib', 'deep', 'new.js'), 'longer')
    rmSync(join(folder, 'main.js'))
    await until(found, ['lib/deep/new.js', 'main.js'])
  },
)

test('a path that appears later is watched', async () => {
  const scene = watched({}, ['missing'])
  await begun(scene)
  mkdirSync(join(scene.folder, 'missing'))
  writeFileSync(join(scene.folder, 'missing', 'a.js'), '1')
  await until(() => scene.seen().filter((name) => name !== 'begun'), ['missing/a.js'])
})

/** Waits for a change of this path, and forgets what was seen. */
const changed = async ({ changes, seen }: ReturnType<typeof watched>, wanted: string) => {
  await expect.poll(seen, { timeout: 30_000 }).toContain(wanted)
  changes.length = 0
}

test('a folder that was removed and made again is watched as before', async () => {
  const scene = watched({ pollMs: 600_000 })
  await begun(scene)
  const lib = join(scene.folder, 'lib')
  for (const content of ['1', '22']) {
    mkdirSync(lib)
    writeFileSync(join(lib, 'a.js'), content)
    await changed(scene, 'lib/a.js')
    writeFileSync(join(lib, 'a.js'), `${content} and more`)
    await changed(scene, 'lib/a.js')
    rmSync(lib, { recursive: true })
    mkdirSync(lib)
    writeFileSync(join(lib, 'a.js'), `${content} made again at once`)
    await changed(scene, 'lib/a.js')
    writeFileSync(join(lib, 'a.js'), `${content} and more again`)
    await changed(scene, 'lib/a.js')
    rmSync(lib, { recursive: true })
    await changed(scene, 'lib/a.js')
  }
})

/** The first look at a path is over when a change of it is seen. */
const watchedAlone = async (path: string, write: (content: string) => void) => {
  const changes: (readonly string[])[] = []
  const watch = watchFiles({
    paths: [path],
    onChange: (files) => changes.push(files),
    quietMs: 20,
    pollMs: 600_000,
  })
  onTestFinished(() => watch[Symbol.dispose]())
  let count = 0
  const next = async () => {
    changes.length = 0
    write(`${++count}`.repeat(count))
    await expect.poll(() => changes.flat().length, { timeout: 30_000 }).toBeGreaterThan(0)
  }
  await expect
    .poll(
      () => {
        write(`${++count}`.repeat(count))
        return changes.length
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(0)
  return next
}

const ownFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-watch-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a file that editors replace at each save is seen each time', async () => {
  const folder = ownFolder()
  const file = join(folder, 'main.js')
  writeFileSync(file, '')
  const next = await watchedAlone(file, (content) => {
    writeFileSync(join(folder, 'draft'), content)
    renameSync(join(folder, 'draft'), file)
  })
  for (let save = 0; save < 3; save++) await next()
})

test.each([
  ['folder', 'lib', 'main.js'],
  ['file', 'lib/main.js', ''],
])('a path that is a link to a %s stands for it', async (_, target, name) => {
  const folder = ownFolder()
  mkdirSync(join(folder, 'lib'))
  writeFileSync(join(folder, 'lib', 'main.js'), '')
  symlinkSync(join(folder, target), join(folder, 'link'))
  const next = await watchedAlone(join(folder, 'link'), (content) =>
    writeFileSync(join(folder, 'link', name), content),
  )
  await next()
})

test('a link to a file is seen when the file changes', async () => {
  const [folder, elsewhere] = [ownFolder(), ownFolder()]
  writeFileSync(join(elsewhere, 'settings'), '')
  symlinkSync(join(elsewhere, 'settings'), join(folder, 'settings'))
  const next = await watchedAlone(folder, (content) =>
    writeFileSync(join(elsewhere, 'settings'), content),
  )
  await next()
})

test('nothing is reported after it was disposed', async () => {
  const scene = watched()
  await begun(scene)
  scene.watch[Symbol.dispose]()
  writeFileSync(join(scene.folder, 'main.js'), 'longer')
  const other = watched()
  await begun(other)
  expect(scene.seen()).not.toContain('main.js')
})
