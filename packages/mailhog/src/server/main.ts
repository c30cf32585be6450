/* The program in the container: one file with all it needs, made by `scripts/bundle.ts`. */
import { bundledPorts } from '../bundled-ports.ts'
import { startMailServer } from './mail-server.ts'

const main = async () => {
  await startMailServer({
    smtpPort: bundledPorts.smtp,
    httpPort: bundledPorts.http,
    onMail: ({ id, envelope: { from, to }, parsed }) =>
      console.log(`mail ${id} from ${from} to ${to.join(', ')}: ${parsed.subject ?? ''}`),
  })
  console.log(`smtp on ${bundledPorts.smtp}, http on ${bundledPorts.http}`)
}

// Mail is in memory: there is nothing to finish.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
