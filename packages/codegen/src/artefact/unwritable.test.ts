import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeTopology } from '../compose/write-topology.ts'
import { writeProbeFile } from '../probe/probe-file.ts'
import { artefactDiff, writeArtefact } from './artefact.ts'
import { unwritable } from './unwritable.ts'

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-unwritable-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a failed write rejects with FILE_UNWRITABLE, the path and a remedy', async () => {
  const taken = join(folder, 'taken')
  mkdirSync(taken)
  writeFileSync(join(folder, 'file'), '')
  const below = join(folder, 'file/topology.ts')
  const record = { kind: 'symfony', argv: ['x'], answer: null }
  for (const [path, failing] of [
    [taken, () => writeArtefact(taken, 'text')],
    [taken, () => artefactDiff(taken, 'text', 'taken')],
    [join(folder, 'file'), () => writeTopology(below, 'text')],
    [below, () => writeProbeFile(below, record)],
  ] as const)
    await expect(failing()).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining(path),
      remedy: expect.stringMatching(/./),
    })
})

test('a full disk is reported as DISK_FULL', () => {
  const cause = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  expect(unwritable('/a', cause)).toMatchObject({ code: 'DISK_FULL', cause })
})
