import { dirname, join } from 'node:path'
import ts from 'typescript-6'

/** What a command printed, and the type that says so: `JsonOutput['ps']`. */
export interface Printed {
  readonly type: string
  readonly json: string
}

const folder = join(import.meta.dirname, '../src')
const file = join(folder, 'printed.ts')

/**
 * Returns what is wrong with printed JSON, one line per fault: a value of another type, a key that is missing, or one
 * that the type does not have. The compiler checks it as it checks an object that is written where the type is.
 */
export const misfits = (printed: readonly Printed[]): string[] => {
  const text = [
    "import type { JsonError, JsonLines, JsonOutput } from './json.ts'",
    ...printed.map(({ type, json }, index) => `export const v${index}: ${type} = ${oneLine(json)}`),
    'export type { JsonError, JsonLines, JsonOutput }',
  ].join('\n')
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    customConditions: ['@mesocosm/source'],
    types: ['node'],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => path === file || fileExists(path)
  host.readFile = (path) => (path === file ? text : readFile(path))
  host.getSourceFile = (path, ...rest) =>
    path === file
      ? ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
      : getSourceFile(path, ...rest)
  host.getCurrentDirectory = () => dirname(folder)
  const program = ts.createProgram([file], options, host)
  const source = program.getSourceFile(file)
  if (source === undefined) throw new Error('nothing was compiled')
  return program.getSemanticDiagnostics(source).map(({ messageText, start = 0 }) => {
    const { line } = source.getLineAndCharacterOfPosition(start)
    return `${printed[line - 1]?.type}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

// ---

/** So that the number of the line says what is wrong. */
const oneLine = (json: string): string => JSON.stringify(JSON.parse(json))
