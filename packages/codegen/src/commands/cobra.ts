import { noAnswer } from './answer.ts'
import { completingTool } from './completing-tool.ts'
import type { CommandProvider } from './provider.ts'

/** Tools made with cobra, queried by their shell completion: lines of `name<TAB>text`, then a line such as `:4`. */
export const cobra: CommandProvider = completingTool(
  'cobra',
  ({ files }) => files.text('go.mod')?.includes('github.com/spf13/cobra') === true,
  async (run, argv, words) => {
    const asked = [...argv, '__complete', ...words]
    const result = await run(asked)
    const lines = result.stdout.trimEnd().split('\n')
    // The number is a directive to the shell.
    if (result.exitCode !== 0 || !/^:\d+$/.test(lines.at(-1) ?? ''))
      throw noAnswer(asked, result, 'completions')
    return lines.slice(0, -1).map((line) => {
      const [name = '', help = ''] = line.split('\t')
      return { name: name.replace(/=$/, ''), help }
    })
  },
)
