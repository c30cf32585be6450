import { fileURLToPath } from 'node:url'
import { mailpitPorts } from './mailpit-api.ts'

/** Products that can be the server; `bundled` comes with this package. */
export type MailServerName = 'mailpit' | 'mailhog' | 'maildev' | 'bundled'

/** How a product runs. */
interface Server {
  readonly image: string
  readonly smtp: number
  readonly http: number
  /** Answered with 200 once the server takes mail. */
  readonly readyPath: string
  readonly env?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly files?: readonly { readonly from: string; readonly to: string }[]
  /** Requests that empty the mailbox. */
  readonly reset: readonly string[]
}

const program = '/mesocosm/mail-server.cjs'

/** The bundled server, in the build's folder, also when this file runs from source. */
export const bundledProgram = fileURLToPath(new URL('../dist/mail-server.cjs', import.meta.url))

/** How each product runs. */
export const servers: Readonly<Record<MailServerName, Server>> = {
  mailpit: {
    image: 'axllent/mailpit:v1.30.5',
    ...mailpitPorts,
    readyPath: '/readyz',
    env: {
      MP_ENABLE_CHAOS: 'true',
      MP_MAX_MESSAGES: '0',
      MP_SMTP_AUTH_ACCEPT_ANY: 'true',
      MP_SMTP_AUTH_ALLOW_INSECURE: 'true',
      MP_DISABLE_VERSION_CHECK: 'true',
    },
    reset: ['DELETE /api/v1/messages', 'PUT /api/v1/chaos {}'],
  },
  mailhog: {
    image: 'mailhog/mailhog:v1.0.1',
    ...mailpitPorts,
    readyPath: '/api/v2/messages?limit=1',
    reset: ['DELETE /api/v1/messages'],
  },
  maildev: {
    image: 'maildev/maildev:3.0.0',
    smtp: 1025,
    http: 1080,
    readyPath: '/api/healthz',
    reset: ['DELETE /api/email/all'],
  },
  bundled: {
    image: 'node:24-trixie-slim',
    ...mailpitPorts,
    readyPath: '/readyz',
    command: ['node', program],
    files: [{ from: bundledProgram, to: program }],
    reset: ['DELETE /api/v1/messages', 'PUT /api/v1/chaos {}'],
  },
}
