import { compile } from '../../test/editor/compile.ts'
import type { TypeScriptName } from '../../test/editor/editors.ts'

/**
 * Returns the type instantiations of a check: the same on every machine, unlike its time.
 * Throws if the project does not compile.
 */
export const instantiations = async (
  folder: string,
  compiler: TypeScriptName = 'TypeScript 6',
): Promise<number> => {
  // TypeScript 7 checks in several threads, which instantiate the same types separately.
  const alone = compiler === 'TypeScript 7' ? ['--singleThreaded'] : []
  const { exitCode, output } = await compile(compiler, folder, ['--extendedDiagnostics', ...alone])
  if (exitCode !== 0) throw new Error(output)
  return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1])
}
