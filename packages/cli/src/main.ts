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
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const short = isMesocosmError(error) && !args.includes('--verbose')
  const text =
    error instanceof Error
      ? short
        ? error.message
        : (error.stack ?? error.message)
      : String(error)
  process.stderr.write(`${text}\n`)
  return 1
}

const written = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => stream.write('', () => resolve()))

// Whoever reads our output may have seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exitCode = 0
})

const args = process.argv.slice(2)
const exitCode = await runCommandLine(args, io).catch((error: unknown) => tell(error, args))
await Promise.all([written(process.stdout), written(process.stderr)])
process.exit(exitCode)
