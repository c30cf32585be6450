import { listRuns, type RunStatus } from 'mesocosm/operate'
import { defineCommand, type Io } from '../command.ts'
import { duration } from '../duration.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { renderTree } from '../tree/render.ts'
import { wantsColor } from '../tree/screen.ts'
import { openTree, withLane } from '../tree/tree.ts'

export const command = defineCommand({
  summary: 'List the live runs of the project, with lanes, services and addresses',
  usage: '[options]',
  optionHelp: { '--json': 'print a JSON array of runs' },
  options: { json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { root } = await projectOf(values, io)
    const runs = await listRuns(root)
    if (values.json) io.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`)
    else if (runs.length === 0) io.stdout.write('nothing is running\n')
    else io.stdout.write(`${runs.map((run) => describe(run, io)).join('\n\n')}\n`)
    return 0
  },
})

// ---

const describe = (run: RunStatus, { stdout }: Io): string => {
  const { who, uptimeMs, engine, clients, lanes, kept } = run
  const others = clients.filter(({ pid }) => pid !== process.pid)
  const look = {
    columns: Number.POSITIVE_INFINITY,
    color: wantsColor(stdout),
    now: performance.now(),
    still: true,
  }
  return [
    [
      `run ${who}${kept ? ', kept' : ''}, up ${duration(uptimeMs)}, on ${engine}`,
      ...(run.recordFault === undefined ? [] : [`warning: ${run.recordFault}`]),
      ...others.map(({ client, pid }) => `client ${client}, process ${pid}`),
    ].join('\n'),
    ...lanes.flatMap((lane) => {
      const title = `${lane.topology}  ${lane.lane} ${lane.held ? 'in use' : 'free'}`
      return renderTree(withLane(openTree(title, look.now), lane, look.now), look)
    }),
  ].join('\n')
}
