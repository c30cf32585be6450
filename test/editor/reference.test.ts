import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Compiled, compile } from './compile.ts'
import type { Edit, Editor } from './editor.ts'
import { openEditor, typeScripts } from './editors.ts'
import { copyProject, type ProjectCopy } from './project-copy.ts'

const project = join(import.meta.dirname, 'reference')

describe('a topology in another project, with a reference to its generated file', () => {
  describe.each(typeScripts)('%s', (compiler) => {
    let copy: ProjectCopy
    let built: Compiled
    beforeAll(async () => {
      copy = await copyProject(project)
      built = await compile(compiler, copy.folder, ['-b', 'tests'])
    })
    afterAll(() => copy[Symbol.asyncDispose]())

    test('compiles, and so do tests that use generated names', () => {
      expect(built).toEqual({ exitCode: 0, output: '' })
    })

    test('has declarations that refer to the generated ones', async () => {
      const declarations = await readFile(join(copy.folder, 'topology/dist/topology.d.ts'), 'utf8')
      expect(declarations).toMatch(/^\/\/\/ <reference path="topology\.gen\.d\.ts"/)
    })

    test('completes generated names in the project of the tests', async () => {
      await using editor = await openEditor(compiler, join(copy.folder, 'tests'))
      await expectGeneratedNames(editor)
    })
  })
})

describe('a topology in another project, without the reference', () => {
  test.each(typeScripts)(
    '%s reports generated names as unknown in the project of the tests',
    async (compiler) => {
      await using copy = await copyProject(project)
      const topology = join(copy.folder, 'topology/topology.ts')
      const [, ...rest] = (await readFile(topology, 'utf8')).split('\n')
      await writeFile(topology, rest.join('\n'))
      const { exitCode, output } = await compile(compiler, copy.folder, ['-b', 'tests'])
      expect(exitCode).toBeGreaterThan(0)
      expect(output).toMatch(/use\.ts\S* error TS2353: .*'LOG_LEVEL' does not exist/)
      expect(output).toMatch(/Property 'npm:migrate' does not exist/)
      expect(output).not.toMatch(/SIGNUP' does not exist/)
    },
  )
})

// ---

const inUse = (by: string): Edit => ({ file: 'use.ts', replace: 'return topology.name', by })

const expectGeneratedNames = async (editor: Editor): Promise<void> => {
  const values = inUse("api.withEnv({ LOG_LEVEL: '¦' })")
  expect(await editor.complete(inUse('api.env.¦'))).toEqual(['LOG_LEVEL', 'SIGNUP'])
  expect(await editor.complete(values)).toEqual(['debug', 'info'])
  expect(await editor.complete(inUse('api.exec.¦'))).toEqual(['npm:migrate'])
  expect(await editor.definition(inUse("api.exec['npm:mi¦grate']"))).toEqual([
    "topology.gen.ts: 'npm:migrate'(...args: readonly (string | number)[]): Promise<ExecResult>",
  ])
}
