import { isMesocosmError } from 'mesocosm'
import { type Io, UsageError } from './command.ts'
import { runCommandLine } from './run-command-line.ts'
import { pipedInput } from './stdin.ts'

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: pipedInput,
}

/** Exit code of a failure that has been told. */
const tell = (error: unknown, args: readonly string[]): number => {
  // Several that have nothing to do with each other.
  if (error instanceof AggregateError) {
    for (const each of error.errors) tell(each, args)
    return 1
  }
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const short = isMesocosmError(error) && !args.includes('--verbose')
  process.stderr.write(`${short ? error.message : storyOf(error)}\n`)
  return 1
}

/** Its stack, and those of what caused it. */
const storyOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by: ${storyOf(error.cause)}`
}

/**
 * A topology file that ends the process, or awaits what never comes, would otherwise end as a success: a check in CI
 * would pass.
 */
const refuseEarlyEnd = () => {
  process.stderr.write(
    'the process ended before the command was done\n  remedy: look in the topology file, and in what it imports, for process.exit() and for an await of what never comes\n',
  )
  process.exitCode = 1
}

const written = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => stream.write('', () => resolve()))

// Whoever reads our output may have seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exitCode = 0
})

const args = process.argv.slice(2)
process.once('exit', refuseEarlyEnd)
const exitCode = await runCommandLine(args, io).catch((error: unknown) => tell(error, args))
process.off('exit', refuseEarlyEnd)
await Promise.all([written(process.stdout), written(process.stderr)])
process.exit(exitCode)
