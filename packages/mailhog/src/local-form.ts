import type { LocalDefinition, LocalUnsupported } from 'mesocosm'
import { bundledProgram, type MailServerName } from './servers.ts'

/**
 * Returns how the mail server runs as a process of this machine: as the bundled one, which has Mailpit's API. MailHog and
 * MailDev have another API, and are only in their images.
 */
export const localForm = (
  server: MailServerName,
  ports: readonly string[],
): LocalDefinition | LocalUnsupported => {
  if (server === 'mailhog' || server === 'maildev')
    return {
      unsupported: `has the server ${server}, which is only in its image`,
      remedy: "leave out `server`, or use server: 'bundled'",
    }
  return {
    command: [process.execPath, bundledProgram],
    // Its program is read where it is.
    files: [],
    env: { MAIL_HOST: '127.0.0.1' },
    portEnv: Object.fromEntries(ports.map((name) => [name, `MAIL_${name.toUpperCase()}_PORT`])),
  }
}
