import { relative } from 'node:path'
import type { GenerateResult, GenerateWarning, WatchOptions } from '@mesocosm/codegen'
import { findProject, type Project, topologyOf } from 'mesocosm/operate'
import { defineCommand, type Io, UsageError } from '../command.ts'
import { milliseconds } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

export const command = defineCommand({
  summary: "Generate types for env keys and commands from the services' sources",
  usage: '[file]... [options]',
  description: [
    'Writes <name>.gen.ts next to each topology file; commit it.',
    'Reads files only, and runs no service unless --probe is given.',
  ],
  optionHelp: {
    '--check': 'write nothing; print the difference and exit with 1 if a file is out of date',
    '--watch': 'generate again after every change of the topology or the sources, until Ctrl-C',
    '--probe': 'also run the `cli` of services, in their built images, to read its commands',
    '--timeout <duration>':
      'how long one run of a tool may take with --probe, such as 5m (default: 1m)',
    '--module <name>': 'module to extend (default: the one that exports defineTopology)',
    '--json': 'print one JSON object per line: { topology, path, changed, warnings, diff? }',
  },
  options: {
    check: { type: 'boolean' },
    watch: { type: 'boolean' },
    probe: { type: 'boolean' },
    timeout: { type: 'string' },
    module: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const { check = false, watch = false, probe = false, module, json = false } = values
    if ([check, watch, probe].filter(Boolean).length > 1)
      throw new UsageError('--check, --watch and --probe cannot be combined')
    if (values.topology !== undefined && positionals.length > 0)
      throw new UsageError('--topology cannot be combined with a file argument')
    const probeTimeoutMs = milliseconds('--timeout', values.timeout)
    if (probeTimeoutMs !== undefined && !probe) throw new UsageError('--timeout needs --probe')
    if (module === '') throw new UsageError('--module must not be empty')
    const projects =
      positionals.length === 0
        ? [await projectOf(values, io)]
        : await allOf([...new Set(positionals)], (file) => findProject({ cwd: io.cwd, file }))
    const print = json ? printJson : check ? printCheck : printWritten
    const options = module === undefined ? {} : { module }
    if (watch) {
      const files = projects.map(fileOf)
      await untilInterrupted((signal) =>
        Promise.all(files.map((file) => watchOne({ ...options, file, signal }, print, io))),
      )
      return 0
    }
    const topologies = await allOf(projects, async (project) => {
      const topology = topologyOf(project)
      return { topology, name: topology.name, file: fileOf(project) }
    })
    const { generate, assertUniqueNames } = await import('@mesocosm/codegen')
    assertUniqueNames(topologies)
    let stale = false
    await allOf(topologies, async ({ topology, file }) => {
      const generated = await generate(topology, {
        ...options,
        file,
        check,
        probe,
        ...(probeTimeoutMs === undefined ? {} : { probeTimeoutMs }),
      })
      print(generated, io)
      stale ||= check && generated.changed
    })
    return stale ? 1 : 0
  },
})

// ---

type Print = (generated: GenerateResult, io: Io) => void

/** Runs one after the other; tries all of them before it throws what failed. */
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

/** Returns the path also for a file that cannot be loaded at the moment. */
const fileOf = (project: Project): string => project.file ?? topologyOf(project).root

const printJson: Print = ({ folders: _, ...result }, { stdout }) =>
  void stdout.write(`${JSON.stringify(result)}\n`)

const printWritten: Print = (generated, io) => {
  warn(generated.warnings, io)
  io.stdout.write(`${shown(generated, io)} ${generated.changed ? 'written' : 'is up to date'}\n`)
}

const printCheck: Print = (generated, io) => {
  warn(generated.warnings, io)
  if (generated.diff !== undefined) io.stdout.write(generated.diff)
  io[generated.changed ? 'stderr' : 'stdout'].write(
    `${shown(generated, io)} ${generated.changed ? 'is out of date; run `mesocosm gen`' : 'is up to date'}\n`,
  )
}

const shown = ({ path }: GenerateResult, { cwd }: Io) => relative(cwd, path)

const warn = (warnings: readonly GenerateWarning[], { stderr }: Io): void => {
  const word = wantsColor(stderr) ? painted('warning', 'yellow') : 'warning'
  for (const { service, file, message, suggestions = [] } of warnings) {
    stderr.write(`${word}  ${service}  ${file}: ${message}\n`)
    if (suggestions.length > 0) stderr.write(`         did you mean: ${suggestions.join(', ')}\n`)
  }
}

const watchOne = async (
  options: Omit<WatchOptions, 'onGenerated' | 'onFailure'>,
  print: Print,
  io: Io,
): Promise<void> => {
  const { watchTopology } = await import('@mesocosm/codegen')
  await watchTopology({
    ...options,
    onGenerated: (generated) => print(generated, io),
    onFailure: (error) =>
      void io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
  })
}

/** Runs until SIGINT or SIGTERM, which is the normal way to end it. */
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
