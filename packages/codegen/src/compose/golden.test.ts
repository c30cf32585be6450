import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProject, planUp } from 'mesocosm/operate'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { composeFilesIn } from './find-files.ts'
import { importCompose } from './import-compose.ts'

/*
 * Compose files as people write them, each beside the topology that is made of it. `npm run check` asks TypeScript
 * and the formatter about those. After a change that is meant: UPDATE_GOLDEN=1, and read the difference.
 */

const golden = fileURLToPath(new URL('../../test/compose/golden', import.meta.url))

const imported = (name: string) => {
  const folder = join(golden, name)
  const files = composeFilesIn(readdirSync(folder)).map((path) => ({
    path,
    text: readFileSync(join(folder, path), 'utf8'),
  }))
  const there = (path: string) => existsSync(resolve(folder, path))
  return importCompose(files, {
    name,
    readFile: (path) => (there(path) ? readFileSync(resolve(folder, path), 'utf8') : undefined),
    exists: there,
    dotEnv: there('.env'),
  })
}

afterEach(() => void vi.unstubAllEnvs())

describe.each(readdirSync(golden))('%s', (name) => {
  const file = join(golden, name, 'topology.ts')

  test('becomes the topology beside it', () => {
    const { text } = imported(name)
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  test('becomes a topology that can be planned', async () => {
    vi.stubEnv('DB_PASSWORD', 'asked-for')
    vi.stubEnv('COLLECTOR_IMAGE', 'example.test/collector')
    const { text } = await planUp(await findProject({ file }))
    for (const service of imported(name).services) expect(text).toContain(service)
  })
})
