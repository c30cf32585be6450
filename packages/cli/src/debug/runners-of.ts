import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DebuggableRunner } from 'mesocosm/operate'

/** Packages that show which runner a project uses. */
const signs: readonly (readonly [DebuggableRunner, readonly string[]])[] = [
  ['vitest', ['vitest', '@mesocosm/vitest']],
  ['jest', ['jest', '@mesocosm/jest']],
  ['mocha', ['mocha', '@mesocosm/mocha']],
  ['playwright', ['@playwright/test', '@mesocosm/playwright']],
  ['node-test', ['@mesocosm/node-test']],
]

/**
 * Returns the test runners that the `package.json` of a folder depends on; none without one.
 *
 * @throws {SyntaxError} if it is not JSON.
 */
export const runnersOf = (folder: string): readonly DebuggableRunner[] => {
  const manifest = manifestIn(folder)
  const names = ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) =>
    Object.keys(manifest[key] ?? {}),
  )
  return signs
    .filter(([, packages]) => packages.some((name) => names.includes(name)))
    .map(([runner]) => runner)
}

// ---

const manifestIn = (folder: string): Readonly<Record<string, object | undefined>> => {
  const text = textOf(join(folder, 'package.json'))
  return text === undefined
    ? {}
    : (JSON.parse(text) as Readonly<Record<string, object | undefined>>)
}

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
