import { type TopologySpec, up } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { projectOf } from '../project.ts'
import { openScreen } from '../tree/screen.ts'
import { type Tree, treeOf, withEvent, withLane } from '../tree/tree.ts'

export const command = defineCommand({
  summary: 'Start the topology and keep it running for tests',
  usage: '[service]... [options]',
  description: [
    'Starts only the named services and their dependencies, or all services if none is named.',
    'Recreates services whose definition has changed; leaves the others alone.',
    'Tests of the project use what is running; the lane is reset before each test.',
  ],
  optionHelp: {
    '--reset': 'first reset environment and data to what is declared',
    '--json': 'print one JSON object per line for every change, then one for the lane',
  },
  options: { reset: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    const project = await projectOf(values, io)
    const { reset = false, json = false } = values
    const options = { services: positionals, reset }
    if (json) {
      const write = (value: unknown) => io.stdout.write(`${JSON.stringify(value)}\n`)
      const { facts, lane, report } = await up(project, { ...options, onEvent: write })
      const { lane: name, services } = lane
      const where = { run: facts.run, record: facts.folder, ...(report && { report }) }
      write({ kind: 'up', ...where, lane: name, services })
      return 0
    }
    const screen = openScreen(io.stdout, io.env, { terse: io.agent })
    const shown: { tree?: Tree } = {}
    const show = (tree: Tree) => {
      shown.tree = tree
      screen.update(tree)
    }
    try {
      const { lane, report } = await up(project, {
        ...options,
        onSpec: (spec: TopologySpec) => show(treeOf(spec, performance.now())),
        onEvent: (event) => {
          if (shown.tree !== undefined) show(withEvent(shown.tree, event, performance.now()))
        },
      })
      if (shown.tree !== undefined) screen.end(withLane(shown.tree, lane, performance.now()))
      if (report !== undefined) io.stdout.write(`  trace of the run: ${report}\n`)
      return 0
    } catch (error) {
      if (shown.tree !== undefined) screen.end(shown.tree)
      else screen.close()
      throw error
    }
  },
})
