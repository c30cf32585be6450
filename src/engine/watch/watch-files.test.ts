import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

test('nothing is reported after it was disposed', async () => {
  const scene = watched()
  await begun(scene)
  scene.watch[Symbol.dispose]()
  writeFileSync(join(scene.folder, 'main.js'), 'longer')
  const other = watched()
  await begun(other)
  expect(scene.seen()).not.toContain('main.js')
})
