import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeTopology } from './write-topology.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-compose-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('writeTopology creates the folder and leaves no temporary files', async () => {
  const file = join(folder, 'new/topology.ts')
  await writeTopology(file, 'text')
  expect(await readFile(file, 'utf8')).toBe('text')
  expect(await readdir(join(folder, 'new'))).toEqual(['topology.ts'])
})

test('writeTopology overwrites an existing topology only with force', async () => {
  const file = join(folder, 'topology.ts')
  await writeFile(file, 'mine')
  await expect(writeTopology(file, 'other')).rejects.toMatchObject({ code: 'TOPOLOGY_EXISTS' })
  expect(await readFile(file, 'utf8')).toBe('mine')
  await writeTopology(file, 'other', { force: true })
  expect(await readFile(file, 'utf8')).toBe('other')
  expect(await readdir(folder)).toEqual(['topology.ts'])
})
