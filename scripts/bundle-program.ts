import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { InputOptions } from 'rolldown'
import { licenses } from './licenses.ts'
import { root } from './run.ts'

/**
 * Bundles a program of `dist` with what it always needs into one file next to it: loading its modules one by one takes
 * longer. What loads late on purpose stays outside.
 */
export const bundleProgram = async (
  input: string,
  output: string,
  options: Pick<InputOptions, 'external' | 'plugins'> = {},
): Promise<void> => {
  // Imported late: other builds do not need it.
  const { build } = await import('rolldown')
  const bundle = await build({
    ...options,
    input: join(root, 'dist', input),
    platform: 'node',
    write: false,
    output: { format: 'esm', codeSplitting: false },
  })
  const [{ code, moduleIds }] = bundle.output
  // Next to the modules that it starts by their path. Replaced by a rename: a run may be starting from it.
  const path = join(root, 'dist', output)
  const part = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(part, `${code}${licenses(moduleIds)}`)
  renameSync(part, path)
}
