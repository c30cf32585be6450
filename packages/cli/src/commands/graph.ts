import { graphMermaid, graphOf, graphSvg, graphText } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'

export const command = defineCommand({
  summary: 'Print the services of the topology and what they need, with states if they run',
  usage: '[options]',
  description: [
    'Prints text; as a picture with --svg > topology.svg, or with --mermaid for markdown.',
    'With --run, marks the connections that the tests of this run have never used.',
  ],
  optionHelp: {
    '--mermaid': 'print a flowchart for Mermaid',
    '--svg': 'print a picture as SVG, which follows light and dark color schemes',
    '--json': 'print { name, nodes, edges } as JSON',
    '--lane <name>': 'lane whose states are shown (default: the first one of a running run)',
    '--run <run>': 'recorded run whose use of connections is shown; `latest` for the newest',
  },
  options: {
    mermaid: { type: 'boolean' },
    svg: { type: 'boolean' },
    json: { type: 'boolean' },
    lane: { type: 'string' },
    run: { type: 'string' },
  },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { mermaid = false, svg = false, json = false, lane, run } = values
    if ([mermaid, svg, json].filter(Boolean).length > 1)
      throw new UsageError('--mermaid, --svg and --json cannot be combined')
    const graph = await graphOf(await projectOf(values, io), { lane, run, cwd: io.cwd })
    if (json) io.stdout.write(`${JSON.stringify(graph, undefined, 2)}\n`)
    else if (svg) io.stdout.write(graphSvg(graph))
    else io.stdout.write(mermaid ? graphMermaid(graph) : `${graphText(graph)}\n`)
    return 0
  },
})
