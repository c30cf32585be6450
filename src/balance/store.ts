import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Durations, parseDurations, renderDurations, withMeasured } from './durations.ts'

/** Returns the recorded durations of a project's test files; none if the file is missing or damaged. */
export const readDurations = (root: string): Durations => {
  try {
    return parseDurations(readFileSync(fileOf(root), 'utf8'))
  } catch {
    return {}
  }
}

/**
 * Records durations of files that have run; those of other files stay. Durations only decide about the order, so that a
 * failure must not fail the tests.
 *
 * @returns why they could not be written, such as a full disk; `undefined` if they were.
 */
export const recordDurations = (root: string, measured: Durations): string | undefined => {
  if (Object.keys(measured).length === 0) return undefined
  const file = fileOf(root)
  // A reader sees the former file or the new one.
  const made = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(made, renderDurations(withMeasured(readDurations(root), measured)))
    renameSync(made, file)
    return undefined
  } catch (error) {
    if (existsSync(made)) rmSync(made, { force: true })
    return `the durations of the test files were not recorded: ${(error as Error).message}`
  }
}

// ---

const fileOf = (root: string): string => join(root, '.mesocosm', 'durations.json')
