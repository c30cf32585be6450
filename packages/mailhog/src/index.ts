import {
  all,
  type CommonPluginOptions,
  definePlugin,
  http,
  MesocosmError,
  type PluginService,
  type PluginServiceDefinition,
  self,
  tcp,
} from 'mesocosm'
import type { Capture } from 'mesocosm/plugin'
import { capturedMail } from './client/captured-mail.ts'
import { createMailClient, type MailClient } from './client/mail-client.ts'
import { localForm } from './local-form.ts'
import { mailCa } from './mail-ca.ts'
import './matchers.ts'
import { smtpsPort } from './mailpit-api.ts'
import { requestTask } from './reset-task.ts'
import { type MailServerName, servers } from './servers.ts'

export type { MailChaos, MailRefusal } from './adapter/adapter.ts'
export type { MailExpectations } from './client/expectations.ts'
export type { MailClient } from './client/mail-client.ts'
export type { MailMatch, MailPredicate } from './client/match.ts'
export type { MailAddress, MailAttachment, MailMessage } from './client/message.ts'
export type { Chaos, Refusal, ServerName } from './deprecated.ts'
export { mailCa } from './mail-ca.ts'
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

/** Options of {@link mailhog} for a server that encrypts. */
export interface MailhogTlsOptions extends MailhogOptions {
  /** The only one whose certificates other services can trust. */
  readonly server: 'bundled'
  /**
   * `true`: mail is taken over STARTTLS, over the port `smtps`, and in the clear. `'required'`: neither mail nor logins in
   * the clear. The certificates have any name that a client asks for, and are signed by {@link mailCa}.
   */
  readonly tls: true | 'required'
}

/** The service of {@link mailhog}. */
export type MailService = PluginServiceDefinition<'smtp' | 'http', never, MailClient>

/** The service of {@link mailhog} with `tls`: it has the port `smtps` and the output `ca`. */
export type MailTlsService = PluginServiceDefinition<'smtp' | 'smtps' | 'http', 'ca', MailClient>

/**
 * Declares a mail server that keeps what it gets: outputs `smtp.host`, `smtp.port`, `smtp.url`, `http.url`, with `tls` also
 * `smtps.host`, `smtps.port`, `smtps.url` and `ca`;
 * its handle has `waitForMessage()`, `messages()`, `search()`, `clear()`, `mark()` and `chaos()`.
 * The client detects the API of the server. A reset empties the mailbox.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` for `tls` with another server than `bundled`.
 */
export function mailhog(options: MailhogTlsOptions & CommonPluginOptions): MailTlsService
export function mailhog(
  options?: MailhogOptions & { readonly tls?: false } & CommonPluginOptions,
): MailService
export function mailhog(
  options: MailhogOptions & {
    readonly tls?: MailhogTlsOptions['tls'] | false
  } & CommonPluginOptions = {},
): MailService | MailTlsService {
  const { server, tls } = options
  if (!tls) return withoutTls(options)
  // Callers without types can pass anything.
  const known = tls === true || tls === 'required'
  if (server === 'bundled' && known) return withTls({ ...options, server, tls })
  throw new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `mailhog has no TLS with server ${JSON.stringify(server ?? 'mailpit')} and tls ${JSON.stringify(tls)}`,
    remedy: "use server: 'bundled' with tls: true or tls: 'required'",
    facts: { server: server ?? 'mailpit', tls },
  })
}

// ---

const declare = ({ server = 'mailpit', image }: MailhogOptions) => {
  const { smtp, http: api, readyPath, reset, ...rest } = servers[server]
  return {
    ...rest,
    image: image ?? rest.image,
    // For its web page.
    env: { ...rest.env, ...(server === 'bundled' ? { MAIL_SMTP_URL: self('smtp.url') } : {}) },
    ports: {
      smtp: { port: smtp, scheme: 'smtp' },
      http: { port: api, scheme: 'http' },
    },
    // Mailpit and the bundled server answer once all ports are ready.
    ready:
      server === 'mailpit' || server === 'bundled'
        ? http(readyPath, { port: 'http' })
        : all(tcp('smtp'), http(readyPath, { port: 'http' })),
    tasks: {
      reset: [requestTask(api, reset)],
      deepReset: [requestTask(api, reset)],
    },
    local: localForm(server, ['smtp', 'http']),
  } as const
}

const clientOf = (service: PluginService<'http'>): MailClient =>
  createMailClient(
    service.name,
    () => service.port('http').url,
    () => service.recordCaptured(),
  )

const capturedBy = async (client: MailClient, signal: AbortSignal): Promise<Capture[]> =>
  (await client.messages({}, { signal })).map(capturedMail)

// #region captured
const withoutTls = definePlugin({
  name: 'mailhog',
  service: (options: MailhogOptions = {}) => declare(options),
  matchers: ['toHaveReceived'],
  client: (service): MailClient => clientOf(service),
  captured: ({ client, signal }) => capturedBy(client, signal),
})
// #endregion

const withTls = definePlugin({
  name: 'mailhog',
  service: (options: MailhogTlsOptions) => {
    const declared = declare(options)
    return {
      ...declared,
      ports: { ...declared.ports, smtps: { port: smtpsPort, scheme: 'smtps' } },
      env: { ...declared.env, MAIL_TLS: options.tls === 'required' ? 'required' : 'offered' },
      outputs: { ca: mailCa },
      local: localForm(options.server, ['smtp', 'http', 'smtps']),
    }
  },
  matchers: ['toHaveReceived'],
  client: (service): MailClient => clientOf(service),
  captured: ({ client, signal }) => capturedBy(client, signal),
})
