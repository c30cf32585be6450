import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadTopology } from 'mesocosm/operate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artefactPath } from '../artefact/out-path.ts'
import { generate } from './generate.ts'

/*
 * Each folder of `test/golden` is a small project with the expected generated file; `vitest run … -u` updates them.
 * They are compiled with all tests, so the generated code is known to be valid TypeScript.
 */

const golden = join(import.meta.dirname, '../../test/golden')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-golden-'))
})
afterAll(() => rm(folder, { recursive: true }))

const cases = (await readdir(golden)).toSorted()

test.for(cases)('generate writes the expected types and warnings for %s', async (name) => {
  const [file = ''] = (await readdir(join(golden, name))).filter((one) => /topology\.ts$/.test(one))
  const path = join(golden, name, file)
  const out = join(folder, name)
  const { warnings } = await generate(await loadTopology(path), { file: path, out })
  await expect(await readFile(out, 'utf8')).toMatchFileSnapshot(artefactPath(path))
  await expect(`${JSON.stringify(warnings, undefined, 2)}\n`).toMatchFileSnapshot(
    join(golden, name, 'warnings.json'),
  )
})
