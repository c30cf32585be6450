import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { offline, repository, type Tarballs } from './pack.ts'
import { run } from './run.ts'

/** Package managers that users install with. */
export type PackageManager = 'npm' | 'pnpm'

const wanted = ['mesocosm', '@mesocosm/postgres', '@mesocosm/stub', 'zod', '@types/node']

/** Copies the consumer to a folder and installs its dependencies from tarballs. */
export const install = async (
  manager: PackageManager,
  folder: string,
  tarballs: Tarballs,
): Promise<string> => {
  const project = join(folder, manager)
  await cp(join(import.meta.dirname, 'consumer'), project, { recursive: true })
  const file = join(project, 'package.json')
  const files = Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`] as const)
  const dependencies = Object.fromEntries(files.filter(([name]) => wanted.includes(name)))
  const others = Object.fromEntries(files.filter(([name]) => !wanted.includes(name)))
  const overrides = { ...dependencies, ...others }
  await writeFile(
    file,
    JSON.stringify({
      ...JSON.parse(await readFile(file, 'utf8')),
      dependencies,
      ...(manager === 'npm' ? { overrides } : { pnpm: { overrides } }),
    }),
  )
  await installers[manager](project, folder)
  // `mesocosm/testing` needs Vitest, which is a peer dependency.
  await symlink(join(repository, 'node_modules/vitest'), join(project, 'node_modules/vitest'))
  return project
}

// ---

const installers: Readonly<
  Record<PackageManager, (project: string, folder: string) => Promise<unknown>>
> = {
  npm: (cwd, folder) =>
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...offline(folder)], {
      cwd,
    }),
  pnpm: (cwd, folder) => {
    const pnpm = join(repository, 'node_modules/pnpm/bin/pnpm.cjs')
    const folders = ['store', 'cache', 'state'].map(
      (what) => `--config.${what}-dir=${folder}/pnpm-${what}`,
    )
    return run(process.execPath, [pnpm, 'install', '--offline', '--ignore-scripts', ...folders], {
      cwd,
    })
  },
}
