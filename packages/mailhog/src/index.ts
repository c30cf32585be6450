import { all, definePlugin, http, tcp } from 'mesocosm'
import { createMailClient } from './client/mail-client.ts'
import { requestTask } from './reset-task.ts'
import { type MailServerName, servers } from './servers.ts'

export type { MailChaos, MailRefusal } from './adapter/adapter.ts'
export type { MailClient } from './client/mail-client.ts'
export type { MailMatch, MailPredicate } from './client/match.ts'
export type { MailAddress, MailAttachment, MailMessage } from './client/message.ts'
export type { Chaos, Refusal, ServerName } from './deprecated.ts'
export type { MailServerName } from './servers.ts'

/** Options of {@link mailhog}. */
export interface MailhogOptions {
  /**
   * Product that receives the mail. `mailpit`, `mailhog` and `maildev` (version 3) are pinned images;
   * `bundled` comes with this package and runs in any Node image. Default `mailpit`.
   */
  readonly server?: MailServerName
  /** Image instead of the pinned one. For `bundled` one with Node 22 or later; default `node:24-trixie-slim`. */
  readonly image?: string
}

/**
 * Declares a mail server that keeps what it gets: outputs `smtp.host`, `smtp.port`, `smtp.url`, `http.url`;
 * its handle has `waitForMessage()`, `messages()`, `search()`, `clear()`, `mark()` and `chaos()`.
 * The client detects the API of the server. A reset empties the mailbox.
 */
export const mailhog = definePlugin({
  name: 'mailhog',
  service: ({ server = 'mailpit', image }: MailhogOptions = {}) => {
    const { smtp, http: api, readyPath, reset, ...rest } = servers[server]
    return {
      ...rest,
      image: image ?? rest.image,
      ports: { smtp: { port: smtp, scheme: 'smtp' }, http: { port: api, scheme: 'http' } },
      // Mailpit and the bundled server answer once both ports are ready.
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
