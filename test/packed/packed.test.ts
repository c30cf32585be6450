import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../editor/compile.ts'
import type { Edit } from '../editor/editor.ts'
import { openEditor, typeScripts } from '../editor/editors.ts'
import { install, type PackageManager } from './install.ts'
import { pack, type Tarballs } from './pack.ts'
import { run } from './run.ts'

let folder = ''
let tarballs: Tarballs = {}
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'mesocosm-packed-')))
  tarballs = await pack(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each<PackageManager>(['npm', 'pnpm'])('packages installed by %s:', (manager) => {
  let project = ''
  beforeAll(async () => {
    project = await install(manager, folder, tarballs)
  })
  const node = (code: string) =>
    run(process.execPath, ['--input-type=module', '--eval', code], { cwd: project })

  test('every entry point of mesocosm can be imported', async () => {
    const { exports } = JSON.parse(
      await readFile(join(project, 'node_modules/mesocosm/package.json'), 'utf8'),
    ) as { readonly exports: Readonly<Record<string, unknown>> }
    const doors = Object.keys(exports)
      .filter((door) => door !== './package.json')
      .map((door) => door.replace('.', 'mesocosm'))
    expect(doors.toSorted()).toEqual([
      'mesocosm',
      'mesocosm/operate',
      'mesocosm/plugin',
      'mesocosm/runner',
      'mesocosm/testing',
      'mesocosm/trace',
    ])
    const names = await node(
      `for (const door of ${JSON.stringify(doors)})
         console.log(door, Object.keys(await import(door)).length > 0)`,
    )
    expect(names.trim().split('\n')).toEqual(doors.map((door) => `${door} true`))
  })

  test('Node loads a topology without a build', async () => {
    const loaded = await node(
      `const { topology } = await import('./topology.ts')
       console.log(topology.name, Object.keys(topology.services ?? {}).length)`,
    )
    expect(loaded).toMatch(/^packed /)
  })

  test('files that a plugin puts into a container are in its package', async () => {
    const missing = await node(
      `const { existsSync } = await import('node:fs')
       const { topology } = await import('./topology.ts')
       const { files } = topology.definition.services.payments
       console.log(files.length, files.filter(({ from }) => from && !existsSync(from)).length)`,
    )
    expect(missing.trim()).toBe('2 0')
  })

  describe.each(typeScripts)('%s', (compiler) => {
    test('compiles topology, generated types and tests', async () => {
      const checked = await compile(compiler, project, ['--project', '.'])
      expect(checked).toEqual({ exitCode: 0, output: '' })
    })

    test('writes declarations that name every type by its package', async () => {
      const outDir = join(project, `dist ${compiler}`)
      const built = await compile(compiler, project, ['-p', 'library', '--outDir', outDir])
      expect(built).toEqual({ exitCode: 0, output: '' })
      const written = await Promise.all(
        (await readdir(outDir, { recursive: true }))
          .filter((name) => name.endsWith('.d.ts'))
          .map((name) => readFile(join(outDir, name), 'utf8')),
      )
      const modules = written
        .flatMap((text) => [...text.matchAll(/(?:import\(|from )["']([^"'.][^"']*)["']/g)])
        .map(([, name]) => name)
      expect([...new Set(modules)].toSorted()).toEqual([
        '@mesocosm/postgres',
        '@mesocosm/stub',
        'mesocosm',
      ])
    })

    test('offers generated names and refs in an editor', async () => {
      await using editor = await openEditor(compiler, project)
      const refs = { file: 'topology.ts', replace: "ref('db.url')", by: "ref('¦')" }
      expect(await editor.complete(inUse('api.env.¦'))).toEqual([
        'DATABASE_URL',
        'LOG_LEVEL',
        'SIGNUP',
      ])
      expect(await editor.complete(inUse("api.withEnv({ LOG_LEVEL: '¦' })"))).toEqual([
        'debug',
        'info',
      ])
      expect(await editor.complete(inUse('api.exec.¦'))).toEqual([
        'createAdmin',
        'npm:migrate',
        'seed',
      ])
      expect(await editor.complete(refs)).toEqual(
        expect.arrayContaining(['api.http.url', 'db.url', 'db.user']),
      )
    })
  })
})

// ---

const inUse = (by: string): Edit => ({
  file: 'use.ts',
  replace: 'api.env.SIGNUP satisfies string',
  by,
})
