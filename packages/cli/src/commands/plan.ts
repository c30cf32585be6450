import { planUp } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'

export const command = defineCommand({
  summary: 'Print what `up` would do, and why, without doing it',
  usage: '[--json]',
  help: [
    'Compares with what is up; images of services that changed are made present to tell.',
    '',
    '  --json             one JSON object: { topology, from, text }',
  ],
  options: { json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const planned = await planUp(await projectOf(values, io))
    io.stdout.write(`${values.json ? JSON.stringify(planned, undefined, 2) : planned.text}\n`)
    return 0
  },
})
