import { bringUp, type TopologySpec } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { projectOf } from '../project.ts'
import { openScreen } from '../tree/screen.ts'
import { type Tree, treeOf, withEvent, withLane } from '../tree/tree.ts'

export const command = defineCommand({
  summary: 'Start the topology, or what is not running of it, and keep it warm for tests',
  usage: '[service…] [--reset] [--json]',
  help: [
    'With services, only those and what they need. What was edited since is recreated, the rest is left alone.',
    'Tests of the project use what is up; each gets its lane reset first.',
    '',
    '  --reset            declared environment and data again, instead of what was left there',
    '  --json             one JSON object a line for every change, then the lane',
  ],
  options: { reset: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    const project = await projectOf(values, io)
    const { reset = false, json = false } = values
    const options = { services: positionals, reset }
    if (json) {
      const write = (value: unknown) => io.stdout.write(`${JSON.stringify(value)}\n`)
      const { facts, lane } = await bringUp(project, { ...options, onEvent: write })
      write({ kind: 'up', run: facts.run, record: facts.folder, ...lane })
      return 0
    }
    const screen = openScreen(io.stdout, io.env)
    const shown: { tree?: Tree } = {}
    const show = (tree: Tree) => {
      shown.tree = tree
      screen.update(tree)
    }
    try {
      const { lane } = await bringUp(project, {
        ...options,
        onSpec: (spec: TopologySpec) => show(treeOf(spec, performance.now())),
        onEvent: (event) => {
          if (shown.tree !== undefined) show(withEvent(shown.tree, event, performance.now()))
        },
      })
      if (shown.tree !== undefined) screen.end(withLane(shown.tree, lane, performance.now()))
      return 0
    } catch (error) {
      if (shown.tree !== undefined) screen.end(shown.tree)
      else screen.close()
      throw error
    }
  },
})
