import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountSmallDisk, noMount } from '../../../../src/disk/small-disk.ts'
import { writeTopology } from '../compose/write-topology.ts'
import { writeProbeFile } from '../probe/probe-file.ts'
import { replaceFile } from './replace-file.ts'

const long = 'x'.repeat(100_000)
const record = { kind: 'symfony', argv: ['x'], answer: long }

test.for([
  ['replaceFile', (path: string) => replaceFile(path, long)],
  ['writeTopology', (path: string) => writeTopology(path, long, { force: true })],
  ['writeProbeFile', (path: string) => writeProbeFile(path, record)],
] as const)(
  '%s on a full disk keeps the old file whole and leaves nothing else',
  async ([, write], { skip }) => {
    using disk = mountSmallDisk(256 * 1024)
    if (disk === undefined) return skip(noMount)
    const path = join(disk.folder, 'file')
    writeFileSync(path, 'old')
    // At once, and in the middle.
    for (const spare of [0, 16_384]) {
      disk.fill(spare)
      await expect(write(path)).rejects.toMatchObject({
        code: 'DISK_FULL',
        message: expect.stringContaining(path),
        remedy: expect.stringContaining('free space on that disk'),
      })
      expect(readdirSync(disk.folder).sort()).toEqual(['ballast', 'file'])
      expect(readFileSync(path, 'utf8')).toBe('old')
      disk.free()
    }
    await write(path)
    expect(readFileSync(path, 'utf8')).toContain(long)
  },
)
