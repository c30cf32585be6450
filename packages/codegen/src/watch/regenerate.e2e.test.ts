import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { regenerate } from './regenerate.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-regenerate-'))
  await mkdir(join(folder, 'node_modules'))
  await symlink(join(import.meta.dirname, '../../../..'), join(folder, 'node_modules/mesocosm'))
  await writeFile(join(folder, 'package.json'), '{"type":"module","scripts":{"seed":"x"}}')
})
afterEach(() => rm(folder, { recursive: true }))

const topology = (text: string) => writeFile(join(folder, 'topology.ts'), text)

test('regenerate loads the topology file again after an edit', async () => {
  for (const name of ['first', 'second']) {
    await topology(
      `import { defineTopology } from 'mesocosm'
       console.log('loaded')
       setInterval(() => {}, 1_000)
       export const topology = defineTopology({ name: '${name}', services: { api: { build: '.' } } })`,
    )
    expect(await regenerate({ cwd: folder })).toEqual({
      topology: name,
      path: join(folder, 'topology.gen.ts'),
      changed: true,
      warnings: [],
      folders: [folder],
    })
    expect(await readFile(join(folder, 'topology.gen.ts'), 'utf8')).toContain(`    ${name}: {`)
  }
})

test('regenerate rejects with the code and remedy of the child process', async () => {
  await topology('export const nothing = 1')
  await expect(regenerate({ cwd: folder })).rejects.toMatchObject({
    code: 'TOPOLOGY_NOT_FOUND',
    remedy: expect.stringContaining('defineTopology'),
  })
})

test('regenerate reports the last output of a topology file that exits its process', async () => {
  await topology("console.error('goodbye')\nprocess.exit(3)")
  await expect(regenerate({ cwd: folder })).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
    lastLogs: ['goodbye'],
  })
})

test('regenerate aborts a topology file that never finishes loading', async () => {
  await topology('setInterval(() => {}, 1_000)\nawait new Promise(() => {})')
  await expect(
    regenerate({ cwd: folder }, { signal: AbortSignal.timeout(200) }),
  ).rejects.toMatchObject({ code: 'ABORTED' })
})
