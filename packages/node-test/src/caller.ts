import { getCallSites } from 'node:util'
import { Script } from 'node:vm'
import { readTestFlags } from './flags.ts'

/** Where a call is written. */
export interface CallPlace {
  /** Path or URL of the file, as V8 names it. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Returns where the function that calls this one was called; `undefined` if that is not in a file. */
export const callerOf = (): CallPlace | undefined => {
  const site = getCallSites(3)[2]
  if (site === undefined || site.scriptName === '') return undefined
  const { scriptName: file, lineNumber: line, columnNumber: column } = site
  return { file, line, column }
}

/**
 * Calls a function of Node as if the call were written at this place: Node reads off the stack where a test is declared.
 * Where coverage is measured it is a plain call, because the lines of that place would be counted.
 */
export const callFrom = (
  place: CallPlace | undefined,
  fn: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): unknown => {
  if (place === undefined || readTestFlags().covers) return fn(...args)
  const { file, line, column } = place
  // The offset of columns counts for the first line only.
  const source = `((fn, args) =>\n${' '.repeat(column - 1)}fn(...args))`
  const call = new Script(source, { filename: file, lineOffset: line - 2 }).runInThisContext()
  return call(fn, args)
}
