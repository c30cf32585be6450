import { readFileSync } from 'node:fs'
import { didYouMean } from 'mesocosm/operate'
import { type Command, type Io, UsageError } from './command.ts'
import { helpOf, overview, usageOf } from './help.ts'
import { parseInput } from './parse.ts'

/**
 * Runs the command that the arguments name, and returns its exit code.
 *
 * @throws {UsageError} for wrong usage, and every error of the command.
 */
export const runCommandLine = async (args: readonly string[], io: Io): Promise<number> => {
  const [name, ...others] = args
  if (name === '--version' || name === '-v') {
    io.stdout.write(`${version()}\n`)
    return 0
  }
  const [about] = others
  if (name === 'help' && about !== undefined) {
    io.stdout.write(helpOf(about, await load(about)))
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const to = name === undefined ? io.stderr : io.stdout
    to.write(overview(await allCommands()))
    return name === undefined ? 2 : 0
  }
  const command = await load(name)
  const before = others.includes('--') ? others.slice(0, others.indexOf('--')) : others
  if (before.includes('--help') || before.includes('-h')) {
    io.stdout.write(helpOf(name, command))
    return 0
  }
  try {
    const input = parseInput(command, others)
    if (input.rest.length > 0 && command.takesRest !== true)
      throw new UsageError('unexpected arguments after --')
    return await command.run(input, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${error.message}\nusage: ${usageOf(name, command)}`)
  }
}

// ---

/** Each command is loaded only when it is used. */
const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  init: () => import('./commands/init.ts'),
  up: () => import('./commands/up.ts'),
  down: () => import('./commands/down.ts'),
  ps: () => import('./commands/ps.ts'),
  lanes: () => import('./commands/lanes.ts'),
  plan: () => import('./commands/plan.ts'),
  logs: () => import('./commands/logs.ts'),
  trace: () => import('./commands/trace.ts'),
  graph: () => import('./commands/graph.ts'),
  debug: () => import('./commands/debug.ts'),
  exec: () => import('./commands/exec.ts'),
  run: () => import('./commands/run.ts'),
  env: () => import('./commands/env.ts'),
  gen: () => import('./commands/gen.ts'),
  images: () => import('./commands/images.ts'),
  gc: () => import('./commands/gc.ts'),
  doctor: () => import('./commands/doctor.ts'),
  agents: () => import('./commands/agents.ts'),
}

const version = (): string => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}

const load = async (name: string): Promise<Command> => {
  const loader = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (loader !== undefined) return (await loader()).command
  const names = Object.keys(commands)
  throw new UsageError(
    `unknown command "${name}"${didYouMean(name, names)}\nrun \`mesocosm --help\` to list the commands`,
  )
}

const allCommands = async (): Promise<ReadonlyMap<string, Command>> =>
  new Map(
    await Promise.all(
      Object.entries(commands).map(
        async ([name, loader]) => [name, (await loader()).command] as const,
      ),
    ),
  )
