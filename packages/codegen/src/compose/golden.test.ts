import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProject, planUp } from 'mesocosm/operate'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { composeFilesIn } from './find-files.ts'
import { importCompose } from './import-compose.ts'

/*
 * Realistic Compose files, each next to the expected topology. `npm run check` compiles and formats the topologies.
 * After an intended change, run with UPDATE_GOLDEN=1 and review the diff.
 */

const golden = fileURLToPath(new URL('../../test/compose/golden', import.meta.url))

const imported = (name: string) => {
  const folder = join(golden, name)
  const files = composeFilesIn(readdirSync(folder)).map((path) => ({
    path,
    text: readFileSync(join(folder, path), 'utf8'),
  }))
  const exists = (path: string) => existsSync(resolve(folder, path))
  return importCompose(files, {
    name,
    readFile: (path) => (exists(path) ? readFileSync(resolve(folder, path), 'utf8') : undefined),
    exists,
    dotEnv: exists('.env'),
  })
}

afterEach(() => void vi.unstubAllEnvs())

describe.each(readdirSync(golden))('Compose file of %s', (name) => {
  const file = join(golden, name, 'topology.ts')

  test('is converted to the expected topology', () => {
    const { text } = imported(name)
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  test('is converted to a topology that can be planned', async () => {
    vi.stubEnv('DB_PASSWORD', 'asked-for')
    vi.stubEnv('COLLECTOR_IMAGE', 'example.test/collector')
    const { text } = await planUp(await findProject({ file }))
    for (const service of imported(name).services) expect(text).toContain(service)
  })
})
