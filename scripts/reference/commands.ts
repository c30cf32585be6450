import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../run.ts'

/** The help of the command line and of each command, as it prints them. */
export const commandsPage = async (): Promise<string> => {
  const overview = help()
  const names = [...overview.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name as string)
  return [
    block(overview),
    ...names.map((name) => `## \`mesocosm ${name}\`\n\n${block(help(name))}`),
  ].join('\n\n')
}

// ---

const help = (...about: readonly string[]): string =>
  execFileSync(
    process.execPath,
    [
      '--conditions=@mesocosm/source',
      join(root, 'packages', 'cli', 'src', 'main.ts'),
      'help',
      ...about,
    ],
    { encoding: 'utf8' },
  )

const block = (text: string): string => `\`\`\`text\n${text.trimEnd()}\n\`\`\``
