import { type LaneStatus, listLanes } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { laneText } from '../tree/lane-text.ts'

export const command = defineCommand({
  summary: 'List the lanes of the live runs of the project, and those that failed tests left',
  usage: '[options]',
  description: [
    'A lane is leased by a client, free for the next lease, made ahead of a lease, or kept as a failed test or command left it.',
    'MESOCOSM_KEEP=failed keeps lanes: for MESOCOSM_KEEP_MS milliseconds (default 3600000), at most MESOCOSM_KEEP_LANES per run (default 4), or until `mesocosm down`.',
  ],
  optionHelp: {
    '--kept': 'list only kept lanes',
    '--json':
      'print a JSON array of { run, lane, topology, state, since, held, client?, kept?: { test, title, file?, until }, services: [{ name, state, outputs, container?, … }] }, times in ms since 1970',
  },
  options: { kept: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { root } = await projectOf(values, io)
    const all = await listLanes(root)
    const lanes: readonly LaneStatus[] = values.kept
      ? all.filter(({ state }) => state === 'kept')
      : all
    if (values.json) io.stdout.write(`${JSON.stringify(lanes, undefined, 2)}\n`)
    else if (lanes.length === 0) io.stdout.write(`no ${values.kept ? 'lane is kept' : 'lanes'}\n`)
    else io.stdout.write(`${lanes.map((lane) => laneText(lane, Date.now())).join('\n\n')}\n`)
    return 0
  },
})
