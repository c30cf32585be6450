import { noAnswer } from './answer.ts'
import { completingTool } from './completing-tool.ts'
import { dependsOn } from './npm-package.ts'
import type { CommandProvider } from './provider.ts'

/** Tools made with yargs, queried by their zsh completion, which has descriptions: `name:text`, colons in names escaped. */
export const yargs: CommandProvider = completingTool(
  'yargs',
  ({ files }) => dependsOn(files, 'yargs'),
  async (run, argv, words) => {
    // The first word after the flag is the name of the program.
    const asked = [...argv, '--get-yargs-completions', 'tool', ...words]
    const result = await run(asked, { env: { SHELL: '/bin/zsh', ZSH_NAME: 'zsh' } })
    if (result.exitCode !== 0) throw noAnswer(asked, result, 'completions')
    return result.stdout.split('\n').flatMap((line) => {
      const [, name = '', help = ''] = /^((?:\\:|[^:])+)(?::(.*))?$/.exec(line.trim()) ?? []
      return name === '' ? [] : [{ name: name.replaceAll('\\:', ':'), help }]
    })
  },
)
