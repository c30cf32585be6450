import { type CheckoutRun, listAllRuns, listRuns } from 'mesocosm/operate'
import { defineCommand, type Io } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { checkoutText } from '../tree/checkout-text.ts'
import { runText } from '../tree/run-text.ts'
import { wantsColor } from '../tree/screen.ts'

export const command = defineCommand({
  summary: 'List the live runs of the project, with lanes, services and addresses',
  usage: '[options]',
  description: [
    'With --all, lists the runs of all projects and checkouts of this user on this machine: the folder, its git branch, who runs it, its lanes and its age.',
  ],
  optionHelp: {
    '--all': 'list the runs of all projects and checkouts of this user',
    '--json': 'print a JSON array of runs; with --all, each also has root and branch?',
  },
  options: { all: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { all = false, json = false } = values
    const runs: readonly CheckoutRun[] = all
      ? await listAllRuns()
      : await listRuns((await projectOf(values, io)).root)
    if (json) io.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`)
    else if (runs.length === 0) io.stdout.write('nothing is running\n')
    else if (all) io.stdout.write(`${runs.map(checkoutText).join('\n\n')}\n`)
    else io.stdout.write(`${runs.map((run) => runText(run, lookOf(io))).join('\n\n')}\n`)
    return 0
  },
})

// ---

const lookOf = ({ stdout }: Io) => ({ color: wantsColor(stdout), now: performance.now() })
