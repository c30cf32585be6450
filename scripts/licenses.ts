import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the licenses of bundled packages as a comment. */
export const licenses = (modules: readonly string[]): string => {
  const folders = modules.flatMap(
    (path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0] ?? [],
  )
  const texts = [...new Set(folders)].sort().flatMap((folder) =>
    globSync('LICEN[CS]E*', { cwd: folder }).map((name) => {
      const { name: of } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      return `${of}\n\n${readFileSync(join(folder, name), 'utf8')}`
    }),
  )
  return `/*\n${[...new Set(texts)].join('\n').replaceAll('*/', '* /')}*/\n`
}
