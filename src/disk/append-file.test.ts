import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type AppendDisk, type AppendOptions, openAppendFile } from './append-file.ts'
import { mountSmallDisk, noMount } from './small-disk.ts'

/** A disk in memory that has room for so many bytes, and writes so many at a time. */
const memoryDisk = () => {
  let bytes = Buffer.alloc(0)
  const state = { room: Number.POSITIVE_INFINITY, atOnce: Number.POSITIVE_INFINITY, closed: 0 }
  const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  const disk: AppendDisk = {
    open: () => {
      if (state.room === 0) throw full()
      return 3
    },
    write: (_file, more, offset) => {
      const length = Math.min(state.room, state.atOnce, more.length - offset)
      if (length === 0) throw full()
      bytes = Buffer.concat([bytes, more.subarray(offset, offset + length)])
      state.room -= length
      return length
    },
    close: () => void state.closed++,
  }
  return { disk, state, text: () => bytes.toString() }
}

const fixture = (more: Partial<AppendOptions> = {}) => {
  const made = memoryDisk()
  const faults: string[] = []
  const open = () =>
    openAppendFile({
      path: '/record/a',
      flags: 'a',
      head: 'head',
      gap: (lost, reason) => `gap ${lost} ${reason.split(':')[0]}`,
      onFault: (path, reason) => void faults.push(`${path} ${reason}`),
      disk: made.disk,
      ...more,
    })
  return { ...made, faults, open }
}

test('a write that takes only some bytes is completed', () => {
  const { open, state, text, faults } = fixture()
  state.atOnce = 3
  open().append(['first row', 'second row'])
  expect(text()).toBe('head\nfirst row\nsecond row\n')
  expect(faults).toEqual([])
})

test('a full disk is reported once; rows that were lost are a gap as soon as there is space', () => {
  const { open, state, text, faults } = fixture()
  const file = open()
  state.room = 'one\ntw'.length
  file.append(['one', 'two', 'three'])
  file.append(['four'])
  expect(text()).toBe('head\none\ntw')
  state.room = 1_000
  file.append(['five'])
  expect(text()).toBe('head\none\ntw\ngap 3 ENOSPC\nfive\n')
  file.append(['six'])
  expect(text()).toMatch(/five\nsix\n$/)
  expect(faults).toEqual(['/record/a ENOSPC: no space left on device'])
})

test('a gap that does not fit is written later, with all that was lost until then', () => {
  const { open, state, text } = fixture()
  const file = open()
  state.room = 0
  file.append(['one'])
  state.room = 'gap 1 EN'.length
  file.append(['two'])
  file.append(['three'])
  state.room = 1_000
  file.append(['four'])
  expect(text()).toBe('head\ngap 1 EN\ngap 3 ENOSPC\nfour\n')
})

test('a file that cannot be opened gets its head when it can', () => {
  const { open, state, text } = fixture()
  state.room = 0
  const file = open()
  file.append(['lost'])
  state.room = 2
  file.append(['lost'])
  state.room = 1_000
  file.append(['row'])
  expect(text()).toBe('he\nhead\ngap 2 ENOSPC\nrow\n')
})

test('closing writes the last gap; a closed file takes nothing more', () => {
  const { open, state, text } = fixture()
  const file = open()
  state.room = 0
  file.append(['lost'])
  state.room = 1_000
  file[Symbol.dispose]()
  file[Symbol.dispose]()
  file.append(['late'])
  expect(text()).toBe('head\ngap 1 ENOSPC\n')
  expect(state.closed).toBe(1)
})

test('other faults of a file system are no errors either: a disk that fails, is read-only, or takes nothing', () => {
  for (const code of ['EIO', 'EROFS', 'EDQUOT', 'ENOENT']) {
    const broken = () => {
      throw Object.assign(new Error(code), { code })
    }
    const { open, faults } = fixture({ disk: { open: broken, write: broken, close: broken } })
    const file = open()
    file.append(['row'])
    file[Symbol.dispose]()
    expect(faults).toEqual([`/record/a ${code}`])
  }
  const { open, faults } = fixture({ disk: { open: () => 3, write: () => 0, close: () => {} } })
  open().append(['row'])
  expect(faults).toHaveLength(1)
})

test('an existing file is an error only where the name must be new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-append-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'a')
  writeFileSync(path, 'x\n')
  const options = { path, head: 'head', gap: String }
  expect(() => openAppendFile({ ...options, flags: 'ax' })).toThrow(/EEXIST/)
  using file = openAppendFile({ ...options, flags: 'a' })
  file.append(['row'])
  expect(readFileSync(path, 'utf8')).toBe('x\nhead\nrow\n')
  rmSync(path)
  using own = openAppendFile({ ...options, flags: 'ax' })
  expect(statSync(own.path).mode & 0o777).toBe(0o600)
})

test('on a file system that is really full, the file stays readable and goes on with a gap', ({
  skip,
}) => {
  using disk = mountSmallDisk(64 * 1024)
  if (disk === undefined) return skip(noMount)
  const { folder } = disk
  const faults: string[] = []
  using file = openAppendFile({
    path: join(folder, 'a'),
    flags: 'a',
    head: '{}',
    gap: (lost) => JSON.stringify({ lost }),
    onFault: (_path, reason) => void faults.push(reason),
  })
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(32 * 1024))
  const row = (n: number) => JSON.stringify({ n, text: 'x'.repeat(501) })
  for (let n = 0; n < 200; n++) file.append([row(n)])
  rmSync(join(folder, 'ballast'))
  file.append([row(200)])
  const rows = readFileSync(file.path, 'utf8').trim().split('\n').slice(1)
  const parsed = rows.flatMap((text) => {
    try {
      return [JSON.parse(text) as { readonly n?: number; readonly lost?: number }]
    } catch {
      return []
    }
  })
  expect(rows.length - parsed.length).toBeLessThanOrEqual(1)
  expect(parsed.at(-1)).toMatchObject({ n: 200 })
  const { lost = 0 } = parsed.at(-2) ?? {}
  expect(lost).toBeGreaterThan(100)
  expect(parsed.filter(({ n }) => n !== undefined)).toHaveLength(201 - lost)
  expect(faults).toEqual([expect.stringContaining('ENOSPC')])
})
