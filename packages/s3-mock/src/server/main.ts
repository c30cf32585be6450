// The server as a program: `node s3-server.cjs`. Its settings are environment variables.
import { outliveErrors } from './guard.ts'
import { startS3Server } from './server.ts'
import { readSettings } from './settings.ts'

const main = async () => {
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  const server = await startS3Server(readSettings(process.env), { log })
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
