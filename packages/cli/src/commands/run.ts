import {
  type RunCommandResult,
  renderSummary,
  runCommand,
  type TopologySpec,
} from 'mesocosm/operate'
import { defineCommand, type Io, UsageError } from '../command.ts'
import { integer } from '../parse.ts'
import { projectOf } from '../project.ts'
import { openScreen } from '../tree/screen.ts'
import { treeOf, withEvent } from '../tree/tree.ts'
import { parseVariables } from '../variables.ts'

export const command = defineCommand({
  summary: 'Run a command with the addresses of the services in its environment',
  usage: '[service]... [options] -- <command> [argument]...',
  description: [
    'Leases a lane, starts the named services and their dependencies (default: all), runs the command, and cleans up.',
    'Passes on input, output, signals and the exit code. Uses the topology that `up` started, if there is one.',
    'Sets MESOCOSM_URL, MESOCOSM_TOKEN and every output as <SERVICE>_<OUTPUT>: API_HTTP_URL, DB_URL.',
  ],
  optionHelp: {
    '--image <image>':
      'run the command in a container on the network of the services, as the calling user, with the project at the same path',
    '--in <service>':
      'the same with image, files, mounts and env of a declared service, which is not started',
    '--lanes <n>': 'run the command on n lanes at once (default: 1)',
    '--split <pattern>':
      'distribute the matching files over the lanes; {files} in the command stands for those of a lane',
    '--env <KEY=value>': 'set a variable; can be repeated',
    '--json': 'with --split, print the times as one JSON object at the end instead of text',
  },
  options: {
    image: { type: 'string' },
    in: { type: 'string' },
    lanes: { type: 'string' },
    split: { type: 'string' },
    env: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    docker: { type: 'boolean' },
    debug: { type: 'boolean' },
  },
  takesRest: true,
  async run({ values, positionals: services, rest: argv }, io) {
    const lanes = integer('--lanes', values.lanes, 1) ?? 1
    const faults = faultsOf(values, argv)
    if (faults.length > 0) throw new UsageError(faults.join('\n'))
    const env = parseVariables(values.env ?? [])
    const project = await projectOf(values, io)
    const { image, in: service, split, json = false } = values
    using progress = progressOn(io)
    const result = await runCommand(project, {
      argv,
      services,
      cwd: io.cwd,
      env,
      lanes,
      ...(image === undefined ? {} : { image }),
      ...(service === undefined ? {} : { service }),
      ...(split === undefined ? {} : { split }),
      ...progress.hooks,
    })
    printSummary(result, json, io)
    return result.exitCode
  },
})

// ---

interface Values {
  readonly image?: string | undefined
  readonly in?: string | undefined
  readonly split?: string | undefined
  readonly docker?: boolean | undefined
  readonly debug?: boolean | undefined
}

const faultsOf = (
  { image, in: service, split, docker, debug }: Values,
  argv: readonly string[],
): string[] => [
  ...(argv.length === 0 ? ['missing command after --'] : []),
  ...(image !== undefined && service !== undefined
    ? ['--image and --in cannot be used together']
    : []),
  ...(split !== undefined && !argv.some((word) => word.includes('{files}'))
    ? ['--split needs {files} in the command: `-- phpunit {files}`']
    : []),
  ...(docker ? ['--docker is not supported yet'] : []),
  ...(debug ? ['--debug is not supported yet'] : []),
]

/** Shows services that start on a terminal, and nothing elsewhere: the output is that of the command. */
const progressOn = ({ stderr, env }: Io) => {
  if (!stderr.isTTY) return { hooks: {}, [Symbol.dispose]: () => {} }
  const screen = openScreen(stderr, env)
  const shown: { tree?: ReturnType<typeof treeOf>; closed: boolean } = { closed: false }
  const close = () => {
    if (!shown.closed) screen.close()
    shown.closed = true
  }
  return {
    hooks: {
      onSpec: (spec: TopologySpec) => {
        shown.tree = treeOf(spec, performance.now())
        screen.update(shown.tree)
      },
      onEvent: (event: Parameters<typeof withEvent>[1]) => {
        if (shown.tree === undefined || shown.closed) return
        shown.tree = withEvent(shown.tree, event, performance.now())
        screen.update(shown.tree)
      },
      onReady: close,
    },
    [Symbol.dispose]: close,
  }
}

const printSummary = ({ summary }: RunCommandResult, json: boolean, io: Io): void => {
  if (summary === undefined) return
  if (json) io.stdout.write(`${JSON.stringify(summary)}\n`)
  else io.stderr.write(`${renderSummary(summary)}\n`)
}
