import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'

/**
 * Folder of the npm that this machine has: the node image has one, and its package is made of files alone.
 *
 * @throws {MesocosmError} `BUILD_FAILED` when there is none on the PATH.
 */
export const hostNpm = (): string => {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'npm')
    if (!existsSync(program)) continue
    // A link to `<npm>/bin/npm-cli.js`.
    const npm = dirname(dirname(realpathSync(program)))
    if (existsSync(join(npm, 'bin/npm-cli.js'))) return npm
  }
  throw new MesocosmError({
    code: 'BUILD_FAILED',
    message: 'there is no npm on the PATH to put into the node image',
    remedy: 'run this by npm (`npm test`), or put the folder of its `npm` on the PATH',
  })
}
