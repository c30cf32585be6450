import { createHash } from 'node:crypto'

/**
 * Returns the id of a test: the same as long as its project, file and titles are, whatever is written around it.
 *
 * @param path project of the runner (empty without one), file, titles of suites outermost first, title of the test.
 * @returns 16 hexadecimal digits.
 */
export const testIdOf = (path: readonly string[]): string =>
  createHash('sha1').update(path.join('\0')).digest('hex').slice(0, 16)
