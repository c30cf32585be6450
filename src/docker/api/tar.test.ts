import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tarOf } from './tar.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-tar-'))
})
afterEach(() => rm(folder, { recursive: true }))

const bytesOf = async (...args: Parameters<typeof tarOf>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(tarOf(...args)))

test('tarOf writes files of any size, folders and links with their modes', async () => {
  const small = join(folder, 'small')
  const large = join(folder, 'large')
  const link = join(folder, 'link')
  await writeFile(small, 'small')
  await writeFile(large, Buffer.alloc(9 * 2 ** 20 + 1, 7))
  await symlink('small', link)
  const tar = await bytesOf([
    { name: 'dir', mode: 0o750, content: { kind: 'folder' } },
    { name: 'dir/text', mode: 0o600, content: { kind: 'bytes', bytes: Buffer.from('text') } },
    { name: 'small', mode: 0o755, content: { kind: 'file', path: small, size: 5 } },
    { name: 'large', mode: 0o644, content: { kind: 'file', path: large, size: 9 * 2 ** 20 + 1 } },
    { name: 'empty', mode: 0o644, content: { kind: 'bytes', bytes: Buffer.alloc(0) } },
    { name: 'link', mode: 0o777, content: { kind: 'symlink', path: link } },
    { name: 'x'.repeat(200), mode: 0o644, content: { kind: 'bytes', bytes: Buffer.from('long') } },
  ])
  const list = execFileSync('tar', ['-tvf', '-', '--utc'], { input: tar, encoding: 'utf8' })
  expect(list.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'drwxr-x--- 0/0 0 1970-01-01 00:00 dir',
    '-rw------- 0/0 4 1970-01-01 00:00 dir/text',
    '-rwxr-xr-x 0/0 5 1970-01-01 00:00 small',
    '-rw-r--r-- 0/0 9437185 1970-01-01 00:00 large',
    '-rw-r--r-- 0/0 0 1970-01-01 00:00 empty',
    'lrwxrwxrwx 0/0 0 1970-01-01 00:00 link -> small',
    `-rw-r--r-- 0/0 4 1970-01-01 00:00 ${'x'.repeat(200)}`,
    '',
  ])
  const inside = execFileSync('tar', ['-xOf', '-', 'large'], { input: tar, maxBuffer: 2 ** 25 })
  expect(inside.equals(Buffer.alloc(9 * 2 ** 20 + 1, 7))).toBe(true)
})

test('tarOf makes equal bytes of equal content', async () => {
  const entry = {
    name: 'a',
    mode: 0o644,
    content: { kind: 'bytes', bytes: Buffer.from('a') },
  } as const
  expect((await bytesOf([entry])).equals(await bytesOf([entry]))).toBe(true)
})

test('tarOf fails when a host file is missing', async () => {
  const content = { kind: 'file', path: join(folder, 'gone'), size: 1 } as const
  await expect(bytesOf([{ name: 'gone', mode: 0o644, content }])).rejects.toThrow(/ENOENT/)
})
