import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type EntryKind, faultIn, readPrivate } from './private-entry.ts'
import { giveAway, needRoot, otherUid } from './test-other-user.ts'

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-private-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Creates an entry of each kind, with a mode. */
const make = async (kind: EntryKind, mode: number): Promise<string> => {
  const path = join(newFolder(), 'entry')
  if (kind === 'folder') mkdirSync(path)
  if (kind === 'file') writeFileSync(path, 'content')
  if (kind === 'socket') {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    onTestFinished(() => void server.close())
  }
  chmodSync(path, mode)
  return path
}

const kinds = ['folder', 'file', 'socket'] as const

test.each(kinds)('a %s that only this user can use is private', async (kind) => {
  expect(faultIn(await make(kind, 0o700), kind)).toBeUndefined()
})

test.skipIf(process.platform === 'win32').each([
  ['folder', 0o770],
  ['folder', 0o702],
  ['file', 0o640],
  ['file', 0o604],
  ['file', 0o620],
  ['socket', 0o770],
  ['socket', 0o777],
] as const)('a %s of mode %o is not private', async (kind, mode) => {
  const path = await make(kind, mode)
  const fault = faultIn(path, kind)
  expect(fault).toMatchObject({
    message: expect.stringContaining(`${path} of uid ${process.geteuid?.()} has mode`),
    facts: { path, mode: mode.toString(8) },
  })
  // The remedy works.
  const [, digits, named] = /`chmod (\d+) (.*?)`/.exec((fault as { remedy: string }).remedy) ?? []
  expect(named).toBe(path)
  chmodSync(path, Number.parseInt(digits ?? '', 8))
  expect(faultIn(path, kind)).toBeUndefined()
})

test.for(kinds)('a %s of another user is not private', async (kind, context) => {
  needRoot(context)
  const path = giveAway(await make(kind, 0o700))
  expect(faultIn(path, kind)).toMatchObject({
    message: expect.stringMatching(`${path}.* belongs to uid ${otherUid}`),
    facts: { path, owner: otherUid },
  })
})

test.each(kinds)('a link to a private %s is not private', async (kind) => {
  const target = await make(kind, 0o700)
  const link = join(newFolder(), 'link')
  symlinkSync(target, link)
  expect(faultIn(link, kind)).toMatchObject({
    message: expect.stringContaining(`${link} is a symbolic link`),
  })
})

test.each(kinds)('an entry of another kind than %s is not private', async (kind) => {
  for (const other of kinds.filter((it) => it !== kind))
    expect(faultIn(await make(other, 0o700), kind)).toMatchObject({
      message: expect.stringContaining(`is a ${other}`),
    })
})

test('a missing entry is missing, also below a file', async () => {
  expect(faultIn(join(newFolder(), 'x'), 'file')).toBe('missing')
  expect(faultIn(join(await make('file', 0o600), 'x'), 'file')).toBe('missing')
})

test('readPrivate reads private files only', async () => {
  const file = await make('file', 0o600)
  expect(readPrivate(file)).toBe('content')
  const folder = newFolder()
  const [link, hard] = [join(folder, 'link'), join(folder, 'hard')]
  symlinkSync(file, link)
  linkSync(file, hard)
  expect(readPrivate(hard)).toBe('content')
  expect(readPrivate(link)).toMatchObject({ message: expect.stringContaining('symbolic link') })
  expect(readPrivate(join(folder, 'missing'))).toBeUndefined()
  chmodSync(file, 0o644)
  expect(readPrivate(file)).toMatchObject({ message: expect.stringContaining('mode 644') })
})
