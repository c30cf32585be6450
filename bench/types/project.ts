import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '..', '..')

/** Writes a project in which the packages of this repository are installed. */
export const writeProject = async (
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string> => {
  await mkdir(folder, { recursive: true })
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  const texts = { 'package.json': packageJson, 'tsconfig.json': tsconfig, ...files }
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

// ---

const packageJson = '{ "type": "module" }\n'

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['*.ts'],
})
