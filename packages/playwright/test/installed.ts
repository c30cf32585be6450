import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stage } from '../../../scripts/pack.ts'

/** A `node_modules` folder with packages as they are published. */
export interface Installed extends Disposable {
  readonly folder: string
}

const root = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Installs this package and its peers from their tarballs; what they need is linked from the repository. */
export const installPacked = async (): Promise<Installed> => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-installed-')))
  const folder = join(home, 'node_modules')
  const staged = await stage(['.', 'packages/playwright'], join(home, 'staged'))
  const { stdout } = await run(
    'npm',
    ['pack', ...staged, '--json', '--ignore-scripts', '--offline', '--pack-destination', home],
    { cwd: home, env: { ...process.env, npm_config_cache: join(home, 'cache') } },
  )
  const tarballs = JSON.parse(stdout) as readonly { name: string; filename: string }[]
  for (const { name, filename } of tarballs) {
    const to = join(folder, name)
    mkdirSync(to, { recursive: true })
    // Older versions of npm write the scope with a slash.
    const file = join(home, filename.replace('@', '').replace('/', '-'))
    await run('tar', ['-xzf', file, '-C', to, '--strip-components=1'])
  }
  linkOthers(join(root, 'node_modules'), folder)
  return { folder, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) }
}

// ---

const linkOthers = (from: string, to: string): void => {
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') || name === 'mesocosm' || name === '@mesocosm') continue
    symlinkSync(join(from, name), join(to, name))
  }
}
