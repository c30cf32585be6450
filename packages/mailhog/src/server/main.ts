/*
 * The program in the container, or a process of this machine, whose address and ports are in its environment.
 * `scripts/bundle.ts` makes it one file with its dependencies.
 */

import { hostname } from 'node:os'
import { outliveErrors } from '../../../../servers/guard.ts'
import type { PageFiles } from '../../../../servers/page/page-files.ts'
import { mailpitPorts, smtpsPort } from '../mailpit-api.ts'
import { startMailServer } from './mail-server.ts'

/** Replaced by the bundler. */
declare const PAGE_FILES: PageFiles

const main = async () => {
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  const { MAIL_TLS: tls, MAIL_HOST, MAIL_SMTP_PORT, MAIL_HTTP_PORT, MAIL_SMTPS_PORT } = process.env
  const ports = {
    smtpPort: Number(MAIL_SMTP_PORT ?? mailpitPorts.smtp),
    httpPort: Number(MAIL_HTTP_PORT ?? mailpitPorts.http),
  }
  await startMailServer({
    log,
    page: PAGE_FILES,
    smtpUrl: process.env.MAIL_SMTP_URL,
    ...(MAIL_HOST === undefined ? {} : { host: MAIL_HOST }),
    ...ports,
    ...(tls === undefined
      ? {}
      : {
          tls: {
            port: Number(MAIL_SMTPS_PORT ?? smtpsPort),
            required: tls === 'required',
            names: [hostname()],
          },
        }),
    onMail: ({ id, envelope: { from, to }, parsed }) =>
      console.log(`mail ${id} from ${from} to ${to.join(', ')}: ${parsed.subject ?? ''}`),
  })
  outliveErrors(log)
  console.log(`smtp on ${ports.smtpPort}, http on ${ports.httpPort}`)
}

// Mail is in memory, so nothing has to be finished.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
