import { all, definePlugin, http, tcp } from 'mesocosm'
import { createMailClient } from './client/mail-client.ts'
import { requestTask } from './reset-task.ts'
import { type ServerName, servers } from './servers.ts'

export type { Chaos, Refusal } from './adapter/adapter.ts'
export type { MailClient } from './client/mail-client.ts'
export type { MailMatch, MailPredicate } from './client/match.ts'
export type { MailAddress, MailAttachment, MailMessage } from './client/message.ts'
export type { ServerName } from './servers.ts'

export interface MailhogOptions {
  /**
   * Whose program takes the mail. `mailpit`, `mailhog` and `maildev` (3) are pulled as pinned images;
   * `bundled` comes with this package and runs in any Node image. Default `mailpit`.
   */
  readonly server?: ServerName
  /** In place of the pinned image; for `bundled` one with Node 22 or later, default `node:24-trixie-slim`. */
  readonly image?: string
}

/**
 * A mail server that keeps what it gets: outputs `smtp.host`, `smtp.port`, `smtp.url`, `http.url`;
 * the handle has `waitForMessage()`, `messages()`, `search()`, `clear()`, `mark()` and `chaos()`.
 * Which API the server speaks is found out by asking it. A reset empties the mailbox.
 */
export const mailhog = definePlugin({
  name: 'mailhog',
  service: ({ server = 'mailpit', image }: MailhogOptions = {}) => {
    const { smtp, http: api, readyPath, reset, ...rest } = servers[server]
    return {
      ...rest,
      image: image ?? rest.image,
      ports: { smtp: { port: smtp, scheme: 'smtp' }, http: { port: api, scheme: 'http' } },
      // Mailpit and the bundled one are ready for both when they say so.
      ready:
        server === 'mailpit' || server === 'bundled'
          ? http(readyPath, { port: 'http' })
          : all(tcp('smtp'), http(readyPath, { port: 'http' })),
      tasks: {
        reset: [requestTask(api, reset)],
        deepReset: [requestTask(api, reset)],
      },
    }
  },
  client: (service) => createMailClient(service.name, () => service.port('http').url),
})
