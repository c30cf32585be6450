import { isMesocosmError } from 'mesocosm'
import { agentReads } from './agents/agent-reads.ts'
import { type Io, UsageError } from './command.ts'
import { errorLine, wantsJson } from './error-json.ts'
import { runCommandLine } from './run-command-line.ts'
import { pipedInput } from './stdin.ts'
import type { Terminal } from './tree/screen.ts'

/** An agent reads text: nothing moves, no colors. */
const quiet = (stream: NodeJS.WriteStream): Terminal => ({
  write: (text) => stream.write(text),
})

const agent = agentReads(process.env)

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout: agent ? quiet(process.stdout) : process.stdout,
  stderr: agent ? quiet(process.stderr) : process.stderr,
  stdin: pipedInput,
  agent,
}

/** Prints an error and returns the exit code. */
const fail = (error: unknown, args: readonly string[]): number => {
  // Independent failures, such as those of several files.
  if (error instanceof AggregateError) {
    for (const each of error.errors) fail(each, args)
    return 1
  }
  if (wantsJson(args)) {
    process.stderr.write(`${errorLine(error)}\n`)
    return error instanceof UsageError ? 2 : 1
  }
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const short = isMesocosmError(error) && !args.includes('--verbose')
  process.stderr.write(`${short ? error.message : stacksOf(error)}\n`)
  return 1
}

/** Returns the stack of an error and those of its causes. */
const stacksOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\ncaused by: ${stacksOf(error.cause)}`
}

/** Without this, a topology file that calls `process.exit(0)` or awaits forever would pass a check in CI. */
const failOnEarlyExit = () => {
  process.stderr.write(
    'the process exited before the command finished\n  remedy: search the topology file, and what it imports, for process.exit() and for a top-level await that never resolves\n',
  )
  process.exitCode = 1
}

const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => stream.write('', () => resolve()))

// The reader of a pipe, such as `head`, may close it early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exitCode = 0
})

const args = process.argv.slice(2)
process.once('exit', failOnEarlyExit)
const exitCode = await runCommandLine(args, io).catch((error: unknown) => fail(error, args))
process.off('exit', failOnEarlyExit)
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
process.exit(exitCode)
