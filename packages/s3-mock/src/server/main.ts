// The server as a program: `node s3-server.mjs`, settings by environment.
import { startS3Server } from './server.ts'
import { readSettings } from './settings.ts'

const settings = readSettings(process.env)
const server = await startS3Server(settings, {
  log: (line) => void process.stderr.write(`${line}\n`),
})
process.stdout.write(`listening on ${server.port}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, async () => {
    await server[Symbol.asyncDispose]()
    process.exit(0)
  })
