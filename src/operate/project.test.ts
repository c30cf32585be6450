import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProject, topologyOf } from './project.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-project-'))
  mkdirSync(join(folder, 'deep', 'er'), { recursive: true })
  mkdirSync(join(folder, 'other'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true }))

const topology = (name: string) =>
  `({ name: '${name}', root: ${JSON.stringify(folder)}, definition: { name: '${name}', services: {} } })`

const write = (file: string, text: string): string => {
  const path = join(folder, file)
  writeFileSync(path, text)
  return path
}

test('findProject searches the folders above, and prefers topology.ts to mesocosm.config.ts', async () => {
  write('mesocosm.config.ts', `export const topology = ${topology('config')}`)
  const cwd = join(folder, 'deep', 'er')
  expect(topologyOf(await findProject({ cwd })).name).toBe('config')
  write('topology.ts', `export default ${topology('plain')}`)
  const project = await findProject({ cwd })
  expect(topologyOf(project).name).toBe('plain')
  expect(project.root).toBe(folder)
})

test('loadTopology takes the export named topology, else the only one, and rejects several', async () => {
  const load = async (file: string, text: string) =>
    topologyOf(await findProject({ cwd: folder, file: write(file, text) })).name
  const [a, b] = [topology('a'), topology('b')]
  expect(await load('1.ts', `export const other = ${a}; export const topology = ${b}`)).toBe('b')
  expect(await load('2.ts', `export const shop = ${a}; export const helper = 1`)).toBe('a')
  await expect(load('3.ts', `export const x = ${a}; export const y = ${b}`)).rejects.toThrow(
    /several topologies: x, y/,
  )
  await expect(load('4.ts', 'export const helper = 1')).rejects.toMatchObject({
    code: 'TOPOLOGY_NOT_FOUND',
  })
})

test('findProject returns a project for a topology that cannot be loaded', async () => {
  const file = write('other/broken.ts', 'throw new Error("no luck")')
  const project = await findProject({ cwd: folder, file })
  expect(project.root).toBe(folder)
  expect(() => topologyOf(project)).toThrow(/no luck/)
})

test('the remedy of a topology that cannot be loaded fits its cause', async () => {
  const fault = async (file: string, text: string) =>
    (await findProject({ cwd: folder, file: write(file, text) })).fault
  expect(await fault('thrown.ts', '\nthrow new Error("no luck")')).toMatchObject({
    remedy: expect.stringContaining('thrown'),
    details: [expect.stringMatching(/^at .*thrown\.ts:2/)],
  })
  expect(await fault('gone.ts', "import './nowhere.ts'")).toMatchObject({
    remedy: expect.stringContaining('with their ending'),
  })
})

test('findProject throws TOPOLOGY_NOT_FOUND for a named file that is missing', async () => {
  await expect(findProject({ cwd: folder, file: 'nowhere.ts' })).rejects.toMatchObject({
    code: 'TOPOLOGY_NOT_FOUND',
  })
})
