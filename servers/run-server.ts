import { outliveErrors } from './guard.ts'

/** A server that listens; it is disposed of when the container stops. */
interface RunningServer extends AsyncDisposable {
  readonly port: number
}

/**
 * Runs a server as the program of a container: prints its port, outlives errors, ends on SIGTERM and SIGINT. Ends with 1
 * if it cannot start.
 */
export const runServer = (start: (log: (line: string) => void) => Promise<RunningServer>): void => {
  const main = async () => {
    const log = (line: string) => void process.stderr.write(`${line}\n`)
    const server = await start(log)
    outliveErrors(log)
    process.stdout.write(`listening on ${server.port}\n`)
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, async () => {
        await server[Symbol.asyncDispose]()
        process.exit(0)
      })
  }
  main().catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
}
