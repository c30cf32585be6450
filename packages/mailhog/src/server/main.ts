/* The program in the container. `scripts/bundle.ts` makes it one file with its dependencies. */

import { hostname } from 'node:os'
import { outliveErrors } from '../../../../servers/guard.ts'
import type { PageFiles } from '../../../../servers/page/page-files.ts'
import { mailpitPorts, smtpsPort } from '../mailpit-api.ts'
import { startMailServer } from './mail-server.ts'

/** Replaced by the bundler. */
declare const PAGE_FILES: PageFiles

const main = async () => {
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  const tls = process.env.MAIL_TLS
  await startMailServer({
    log,
    page: PAGE_FILES,
    smtpUrl: process.env.MAIL_SMTP_URL,
    smtpPort: mailpitPorts.smtp,
    httpPort: mailpitPorts.http,
    ...(tls === undefined
      ? {}
      : { tls: { port: smtpsPort, required: tls === 'required', names: [hostname()] } }),
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
