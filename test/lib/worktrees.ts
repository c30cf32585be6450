import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from './sandbox.ts'

const root = join(import.meta.dirname, '../..')

/** Two checkouts of one repository. */
export interface Worktrees {
  /** Folder of the checkout of branch `trunk`. */
  readonly trunk: string
  /** Folder of the checkout of branch `feature`. */
  readonly feature: string
}

/** Makes a repository with these files, and a worktree of it; both find the built packages. */
export const makeWorktrees = (
  { folder }: Sandbox,
  files: Readonly<Record<string, string>>,
): Worktrees => {
  const name = randomUUID().slice(0, 6)
  const trunk = join(folder, `${name}-trunk`)
  const feature = join(folder, `${name}-feature`)
  mkdirSync(trunk)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(trunk, path, '..'), { recursive: true })
    writeFileSync(join(trunk, path), text)
  }
  writeFileSync(
    join(trunk, 'package.json'),
    '{ "name": "app", "private": true, "type": "module" }\n',
  )
  writeFileSync(join(trunk, '.gitignore'), 'node_modules\n.mesocosm\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: trunk,
      stdio: 'pipe',
    })
  git('init', '-q', '-b', 'trunk')
  git('add', '.')
  git('commit', '-q', '-m', 'first')
  git('worktree', 'add', '-q', '-b', 'feature', feature)
  for (const checkout of [trunk, feature])
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'))
  return { trunk, feature }
}
