import { relative } from 'node:path'
import type { Generated, Warning, WatchOptions } from '@mesocosm/codegen'
import { findProject, type Project, topologyOf } from 'mesocosm/operate'
import { defineCommand, type Io, UsageError } from '../command.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

export const command = defineCommand({
  summary: 'Write the types of env keys and commands, as the sources of the services tell them',
  usage: '[file…] [--check | --watch | --probe] [--module <specifier>] [--json]',
  help: [
    'Writes <name>.gen.ts beside each topology file; commit it. Reads files only, unless --probe is given.',
    '',
    '  --check            write nothing; print the difference and exit with 1 when a file is not up to date',
    '  --watch            go on with every change of the topology or the sources, until Ctrl-C',
    '  --probe            first ask services that have a `cli` for their commands, in images built already',
    '  --module <name>    the module to extend; default the one that defineTopology is imported from',
    '  --json             one JSON object a line: { topology, path, changed, warnings, diff? }',
  ],
  options: {
    check: { type: 'boolean' },
    watch: { type: 'boolean' },
    probe: { type: 'boolean' },
    module: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const { check = false, watch = false, probe = false, module, json = false } = values
    if ([check, watch, probe].filter(Boolean).length > 1)
      throw new UsageError('--check, --watch and --probe go each by itself')
    if (values.topology !== undefined && positionals.length > 0)
      throw new UsageError('name the file either after --topology or by itself')
    if (module === '') throw new UsageError('--module takes the name of a module')
    const projects =
      positionals.length === 0
        ? [await projectOf(values, io)]
        : await allOf([...new Set(positionals)], (file) => findProject({ cwd: io.cwd, file }))
    const tell = json ? tellJson : check ? tellCheck : tellWritten
    const options = module === undefined ? {} : { module }
    if (watch) {
      const files = projects.map(fileOf)
      await untilInterrupted((signal) =>
        Promise.all(files.map((file) => watchOne({ ...options, file, signal }, tell, io))),
      )
      return 0
    }
    const topologies = await allOf(projects, async (project) => {
      const topology = topologyOf(project)
      return { topology, name: topology.name, file: fileOf(project) }
    })
    const { generate, refuseSameNames } = await import('@mesocosm/codegen')
    refuseSameNames(topologies)
    let stale = false
    await allOf(topologies, async ({ topology, file }) => {
      const generated = await generate(topology, { ...options, file, check, probe })
      tell(generated, io)
      stale ||= check && generated.changed
    })
    return stale ? 1 : 0
  },
})

// ---

type Tell = (generated: Generated, io: Io) => void

/** One after the other; all are tried before what failed is thrown. */
const allOf = async <T, R>(items: readonly T[], of: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  const failures: unknown[] = []
  for (const item of items) {
    try {
      results.push(await of(item))
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 1) throw new AggregateError(failures)
  if (failures.length === 1) throw failures[0]
  return results
}

/** A file that cannot be loaded now is known by its name still. */
const fileOf = (project: Project): string => project.file ?? topologyOf(project).root

const tellJson: Tell = ({ folders: _, ...told }, { stdout }) =>
  void stdout.write(`${JSON.stringify(told)}\n`)

const tellWritten: Tell = (generated, io) => {
  warn(generated.warnings, io)
  io.stdout.write(`${shown(generated, io)} ${generated.changed ? 'written' : 'is up to date'}\n`)
}

const tellCheck: Tell = (generated, io) => {
  warn(generated.warnings, io)
  if (generated.diff !== undefined) io.stdout.write(generated.diff)
  io[generated.changed ? 'stderr' : 'stdout'].write(
    `${shown(generated, io)} ${generated.changed ? 'is not up to date: run `mesocosm gen`' : 'is up to date'}\n`,
  )
}

const shown = ({ path }: Generated, { cwd }: Io) => relative(cwd, path)

const warn = (warnings: readonly Warning[], { stderr }: Io): void => {
  const word = wantsColor(stderr) ? painted('warning', 'yellow') : 'warning'
  for (const { service, file, message, suggestions = [] } of warnings) {
    stderr.write(`${word}  ${service}  ${file}: ${message}\n`)
    if (suggestions.length > 0) stderr.write(`         maybe: ${suggestions.join(', ')}\n`)
  }
}

const watchOne = async (
  options: Omit<WatchOptions, 'onGenerated' | 'onFailure'>,
  tell: Tell,
  io: Io,
): Promise<void> => {
  const { watchTopology } = await import('@mesocosm/codegen')
  await watchTopology({
    ...options,
    onGenerated: (generated) => tell(generated, io),
    onFailure: (error) =>
      void io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
  })
}

/** Ctrl-C, or the end that another program asks for, is how this is meant to end. */
const untilInterrupted = async (work: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
  const interruption = new AbortController()
  const end = () => interruption.abort()
  process.on('SIGINT', end).on('SIGTERM', end)
  try {
    await work(interruption.signal)
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}
