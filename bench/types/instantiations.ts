import { compile } from '../../test/editor/compile.ts'
import type { TypeScriptName } from '../../test/editor/editors.ts'

/**
 * Type instantiations of a check: exact and the same on every machine, unlike its time.
 * Throws when the project does not check.
 */
export const instantiations = async (
  folder: string,
  compiler: TypeScriptName = 'TypeScript 6',
): Promise<number> => {
  // TypeScript 7 checks in several threads, each of which instantiates for itself.
  const alone = compiler === 'TypeScript 7' ? ['--singleThreaded'] : []
  const { exitCode, output } = await compile(compiler, folder, ['--extendedDiagnostics', ...alone])
  if (exitCode !== 0) throw new Error(output)
  return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1])
}
