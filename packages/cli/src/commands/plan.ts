import { planUp } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'

export const command = defineCommand({
  summary: 'Print what `up` would do, and why',
  usage: '[options]',
  description: [
    'Changes no service. Compares with what `up` started, which may pull or build the images of changed services.',
  ],
  optionHelp: { '--json': 'print { topology, from, text } as JSON' },
  options: { json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const planned = await planUp(await projectOf(values, io))
    io.stdout.write(`${values.json ? JSON.stringify(planned, undefined, 2) : planned.text}\n`)
    return 0
  },
})
