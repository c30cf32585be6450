import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registerModule } from './register-module.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-module-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Writes the files and returns the module found for their topology file. */
const found = async (files: Readonly<Record<string, string>>): Promise<string> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return registerModule(join(folder, 'topology.ts'))
}

test.for([
  ['a plain import', "import { defineTopology, ref } from 'mesocosm'"],
  ['double quotes', 'import {defineTopology} from "mesocosm";'],
  ['several lines', "import {\n  // the one\n  defineTopology,\n  ref,\n} from 'mesocosm'"],
  ['another name', "import { defineTopology as define } from 'mesocosm'"],
  ['a namespace', "import * as m from 'mesocosm'\nexport const t = m.defineTopology({})"],
  ['an additional default import', "import all, { defineTopology } from 'mesocosm'"],
  [
    'imports in comments and strings',
    "// import { defineTopology } from 'a'\n/* import { defineTopology } from 'b' */\nconst x = `\nimport { defineTopology } from 'c'\n`\nimport { defineTopology } from 'mesocosm'",
  ],
  [
    'another import before it',
    "import { z } from 'zod'\nimport { defineTopology } from 'mesocosm'",
  ],
])('the module is the one that defineTopology is imported from: %s', async ([, text]) => {
  expect(await found({ 'topology.ts': text as string })).toBe('mesocosm')
})

test.for([
  ['a star', "export * from 'mesocosm'"],
  ['names', "export { defineTopology, type ExecResult, type Register } from 'mesocosm'"],
  [
    'names of an import',
    "import { defineTopology, type ExecResult, type Register } from 'mesocosm'\nexport { defineTopology, type Register }\nexport type { ExecResult }",
  ],
])('the module is a project file that re-exports the types: %s', async ([, sdk]) => {
  const topology = "import { defineTopology } from './sdk.ts'"
  expect(await found({ 'topology.ts': topology, 'sdk.ts': sdk as string })).toBe('./sdk.ts')
})

test('a project file that re-exports only defineTopology is followed, with any file extension', async () => {
  expect(
    await found({
      'topology.ts': "import { defineTopology } from './lib/sdk.js'",
      'lib/sdk.ts': "import { defineTopology } from '../inner'\nexport { defineTopology }",
      'inner/index.ts': "export { defineTopology } from '@acme/testing'",
    }),
  ).toBe('@acme/testing')
})

test('the specifier of a nested file is relative to the topology file', async () => {
  expect(
    await found({
      'topology.ts': "import { defineTopology } from './lib/sdk.ts'",
      'lib/sdk.ts': "export { defineTopology } from './inner.ts'",
      'lib/inner.ts': "export * from 'mesocosm'",
    }),
  ).toBe('./lib/inner.ts')
})

test('a topology file without an import of defineTopology is rejected with a remedy', async () => {
  await expect(
    found({ 'topology.ts': "export { topology } from './other.ts'" }),
  ).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
    remedy: expect.stringContaining('--module'),
  })
  await expect(
    found({
      'topology.ts': "import { defineTopology } from './sdk.ts'",
      'sdk.ts': "const { defineTopology } = await import('mesocosm')\nexport { defineTopology }",
    }),
  ).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
    remedy: expect.stringContaining("export type { ExecResult, Register } from 'mesocosm'"),
  })
})
