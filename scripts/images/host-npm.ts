import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'

/**
 * Returns the folder of this machine's npm: the node image needs one, and the package consists of plain files.
 *
 * @throws {MesocosmError} `BUILD_FAILED` if there is none on the PATH.
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
    message: 'npm, which the node image needs, is not on the PATH',
    remedy: 'run this with npm (`npm test`), or add the folder of `npm` to the PATH',
  })
}
