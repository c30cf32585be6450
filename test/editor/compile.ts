import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { TypeScriptName } from './editors.ts'

/** The result of a compilation. */
export interface Compiled {
  /** 0 without errors. */
  readonly exitCode: number
  /** Everything that the compiler prints. */
  readonly output: string
}

/** Runs `tsc` in a folder. */
export const compile = (
  compiler: TypeScriptName,
  folder: string,
  args: readonly string[],
): Promise<Compiled> =>
  new Promise((resolve) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
    execFile(process.execPath, [tscOf(compiler), ...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code ?? Number.NaN)
      resolve({ exitCode, output: `${stdout}${stderr}` })
    })
  })

/** Returns the path of `tsc`. */
export const tscOf = (compiler: TypeScriptName): string => {
  const name = compiler === 'TypeScript 7' ? 'typescript' : 'typescript-6'
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return join(dirname(file), 'bin', 'tsc')
}
