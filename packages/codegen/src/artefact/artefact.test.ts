import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { headerOf } from '../render/header.ts'
import { artefactDiff, writeArtefact } from './artefact.ts'
import { artefactPath } from './out-path.ts'

const text = (body: string) => headerOf('mesocosm gen', body) + body

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-artefact-'))
  path = join(folder, 'topology.gen.ts')
})
afterEach(() => rm(folder, { recursive: true }))

const long = new Date('2020-01-01')

test('writeArtefact creates or replaces the file and leaves no temporary files', async () => {
  expect(await writeArtefact(path, text('a\n'))).toBe(true)
  expect(await writeArtefact(path, text('b\n'))).toBe(true)
  expect(await readFile(path, 'utf8')).toBe(text('b\n'))
  expect(await readdir(folder)).toEqual(['topology.gen.ts'])
})

test('writeArtefact keeps the timestamp of a file that is up to date, with LF or CRLF', async () => {
  for (const current of [text('a\nb\n'), text('a\nb\n').replaceAll('\n', '\r\n')]) {
    await writeFile(path, current)
    await utimes(path, long, long)
    expect(await writeArtefact(path, text('a\nb\n'))).toBe(false)
    expect((await stat(path)).mtime).toEqual(long)
    expect(await artefactDiff(path, text('a\nb\n'), 'topology.gen.ts')).toBeUndefined()
  }
})

test('a file that was not generated is neither overwritten nor compared', async () => {
  await writeFile(path, 'export const own = 1\n')
  const refusal = expect.objectContaining({ code: 'GENERATED_FILE_FOREIGN' })
  await expect(writeArtefact(path, text('a\n'))).rejects.toEqual(refusal)
  await expect(artefactDiff(path, text('a\n'), 'topology.gen.ts')).rejects.toEqual(refusal)
  expect(await readFile(path, 'utf8')).toBe('export const own = 1\n')
})

test('temporary files of dead processes are deleted, those of live ones are kept', async () => {
  // No process has the largest possible pid.
  await writeFile(`${path}.4194304.tmp`, 'half')
  await writeFile(`${path}.${process.ppid}.tmp`, 'half')
  await writeArtefact(path, text('a\n'))
  expect((await readdir(folder)).toSorted()).toEqual([
    'topology.gen.ts',
    `topology.gen.ts.${process.ppid}.tmp`,
  ])
})

test('artefactDiff returns a unified diff, also for manual edits that keep the hash', async () => {
  await writeFile(path, text('a\nb\n').replace('\nb\n', '\nedited\n'))
  const diff = (await artefactDiff(path, text('a\nb\n'), 'topology.gen.ts')) ?? ''
  expect(diff.split('\n').slice(0, 2)).toEqual(['--- topology.gen.ts', '+++ topology.gen.ts'])
  expect(diff).toContain('\n a\n-edited\n+b\n')
  await rm(path)
  const all = (await artefactDiff(path, text('a\n'), 'topology.gen.ts')) ?? ''
  expect(all).toContain('--- /dev/null\n+++ topology.gen.ts')
  expect(all).toContain('\n+a\n')
})

test('artefactPath is next to the topology file and named after it', () => {
  const names = [
    'topology.ts',
    'mesocosm.config.ts',
    'topology.mts',
    'topology.js',
    'a.topology.ts',
  ]
  expect(names.map(artefactPath)).toEqual([
    'topology.gen.ts',
    'mesocosm.config.gen.ts',
    'topology.gen.mts',
    'topology.gen.ts',
    'a.topology.gen.ts',
  ])
})
