import { statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const platform = `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`

/** Bun's program. The package of the platform has it, until the install script of `bun`, where it may run, moves it. */
export const bun: string | undefined = [`@oven/bun-${platform}/bin/bun`, 'bun/bin/bun.exe']
  .map((path) => join(root, 'node_modules', path))
  .find((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1e6)

/** Why tests with Bun are skipped; `undefined` if they are not. */
export const noBun = bun === undefined ? `no Bun for ${platform} is installed` : undefined
