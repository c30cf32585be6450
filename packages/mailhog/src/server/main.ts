/* The program in the container. `scripts/bundle.ts` makes it one file with its dependencies. */
import { mailpitPorts } from '../mailpit-api.ts'
import { outliveErrors } from './guard.ts'
import { startMailServer } from './mail-server.ts'

const main = async () => {
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  await startMailServer({
    log,
    smtpPort: mailpitPorts.smtp,
    httpPort: mailpitPorts.http,
    onMail: ({ id, envelope: { from, to }, parsed }) =>
      console.log(`mail ${id} from ${from} to ${to.join(', ')}: ${parsed.subject ?? ''}`),
  })
  outliveErrors(log)
  console.log(`smtp on ${mailpitPorts.smtp}, http on ${mailpitPorts.http}`)
}

// Mail is in memory, so nothing has to be finished.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
