import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountSmallDisk, noMount } from '../../disk/small-disk.ts'
import { emptyLock } from '../../lock/image-lock.ts'
import { writeLock } from '../../lock/lock-file.ts'
import { writeArchive } from './archive-file.ts'

async function* archive() {
  for (let sent = 0; sent < 4; sent++) yield randomBytes(20_000)
}

test.for(['images.tar', 'images.tar.gz'])(
  'an archive %s that finds the disk full leaves the former one whole and nothing else',
  async (name, { skip }) => {
    using disk = mountSmallDisk(256 * 1024)
    if (disk === undefined) return skip(noMount)
    const path = join(disk.folder, name)
    writeFileSync(path, 'old')
    for (const spare of [0, 16_384]) {
      disk.fill(spare)
      await expect(writeArchive(path, archive())).rejects.toMatchObject({
        code: 'DISK_FULL',
        remedy: expect.stringContaining('on the disk of the archive'),
      })
      expect(readdirSync(disk.folder).sort()).toEqual(['ballast', name])
      expect(readFileSync(path, 'utf8')).toBe('old')
      disk.free()
    }
    expect(await writeArchive(path, archive())).toBeGreaterThan(70_000)
  },
)

test('a lock file that finds the disk full leaves the former one whole and nothing else', async ({
  skip,
}) => {
  using disk = mountSmallDisk(64 * 1024)
  if (disk === undefined) return skip(noMount)
  writeFileSync(join(disk.folder, 'package.json'), '{}')
  const path = join(disk.folder, 'mesocosm.images.json')
  writeFileSync(path, 'old')
  disk.fill()
  await expect(writeLock(disk.folder, emptyLock)).rejects.toMatchObject({
    code: 'DISK_FULL',
    remedy: 'free space on the disk of the project',
  })
  expect(readdirSync(disk.folder).sort()).toEqual([
    'ballast',
    'mesocosm.images.json',
    'package.json',
  ])
  expect(readFileSync(path, 'utf8')).toBe('old')
})
