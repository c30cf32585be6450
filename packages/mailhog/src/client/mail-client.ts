import { MesocosmError, type WaitOptions } from 'mesocosm'
import { expectations, scoped, withTimeout } from 'mesocosm/plugin'
import type { MailAdapter, MailChaos } from '../adapter/adapter.ts'
import { type MailExpectations, mailExpectations } from './expectations.ts'
import type { MailboxView } from './mailbox.ts'
import type { MailMatch, MailPredicate } from './match.ts'
import type { MailMessage } from './message.ts'

/**
 * The methods of a mail server's handle. `options.timeoutMs` is 10 000 by default; with 0 `waitForMessage` looks once.
 * Only mail since the mark counts, which is the last reset, `clear()` or `mark()`.
 */
export interface MailClient {
  /**
   * Returns the first mail since the mark that matches: one that has arrived, or the next that does.
   *
   * @param match what must all hold, such as `{ to: 'a@b.c', subject: /welcome/i }`, or a predicate. Default any mail.
   * @throws {MesocosmError} `TIMEOUT` with a line for each mail that did arrive, `ABORTED`, `ARGUMENT_INVALID` for a key that
   * no mail has; what the predicate throws.
   */
  waitForMessage(match?: MailMatch | MailPredicate, options?: WaitOptions): Promise<MailMessage>
  /** Returns the mail since the mark that matches, oldest first; default all of it. */
  messages(match?: MailMatch | MailPredicate, options?: WaitOptions): Promise<MailMessage[]>
  /**
   * Returns all mail in the mailbox that the server finds, oldest first.
   *
   * @param query in the server's own language: Mailpit's filters (`to:a@b.c subject:"sign up"`), words for the others.
   */
  search(query: string, options?: WaitOptions): Promise<MailMessage[]>
  /** Deletes all mail. */
  clear(options?: WaitOptions): Promise<void>
  /** Sets the mark: only later mail counts from here on. Nothing is deleted. */
  mark(options?: WaitOptions): Promise<void>
  /**
   * Makes the server refuse mail until the returned object is disposed or the lane is reset:
   * `chaos({ recipient: { code: 550 } })`. It replaces the refusals of an earlier call.
   *
   * @param options apply to the request that sets the refusals, not to how long they last.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` if the server cannot: MailHog, MailDev; `TIMEOUT`, `ABORTED`.
   */
  chaos(refusals: MailChaos, options?: WaitOptions): Promise<AsyncDisposable>
  /** Makes the server refuse mail while `use` runs, and returns what `use` returned. */
  chaos<T>(refusals: MailChaos, use: () => T | Promise<T>, options?: WaitOptions): Promise<T>
  /** What `expect` can wait for. */
  readonly [expectations]: MailExpectations
}

/**
 * Returns the methods of a handle. Loads nothing before the first call, and keeps no connection between calls.
 *
 * @param beforeLoss called before mail is deleted, or hidden by a mark.
 */
export const createMailClient = (
  service: string,
  baseUrl: () => string,
  beforeLoss: () => Promise<void> = async () => {},
): MailClient => {
  const { adapter, mailbox } = createParts(service, baseUrl)
  const refuse = (refusals: MailChaos, options?: WaitOptions): Promise<void> =>
    withTimeout(`setting the refusals of ${service}`, options, async (signal) => {
      const server = await adapter()
      if (server.refuse === undefined) throw cannotRefuse(service, server)
      await server.refuse(refusals, signal)
    })
  return {
    async waitForMessage(match = {}, options) {
      const { waitForMessage } = await import('./wait-for-message.ts')
      return await waitForMessage({ service, mailbox: await mailbox(), adapter }, match, options)
    },
    async messages(match = {}, options) {
      const { matcherOf } = await import('./match.ts')
      const { matches } = matcherOf(match)
      return await withTimeout(`listing the mail of ${service}`, options, async (signal) => {
        const kept = []
        for (const message of await (await mailbox()).arrived(signal))
          if (await matches(message)) kept.push(message)
        return kept
      })
    },
    search: (query, options) =>
      withTimeout(`searching the mail of ${service}`, options, async (signal) => {
        const found = await (await adapter()).search(query, signal)
        return await (await mailbox()).read(found, signal)
      }),
    clear: (options) =>
      withTimeout(`clearing the mail of ${service}`, options, async (signal) => {
        await beforeLoss()
        await (await mailbox()).clear(signal)
      }),
    mark: (options) =>
      withTimeout(`marking the mail of ${service}`, options, async (signal) => {
        await beforeLoss()
        await (await mailbox()).mark(signal)
      }),
    chaos: scoped(async (refusals: MailChaos, options?: WaitOptions) => {
      await refuse(refusals, options)
      return () => refuse({})
    }),
    [expectations]: mailExpectations({ service, mailbox, adapter }),
  }
}

// ---

/** Returns the adapter of the server that answers, and the mailbox over it; both are made once. */
const createParts = (service: string, baseUrl: () => string) => {
  let detected: Promise<MailAdapter> | undefined
  let opened: Promise<MailboxView> | undefined
  const detect = async () => {
    const [{ createHttp }, { detectServer }] = await Promise.all([
      import('../adapter/http.ts'),
      import('../adapter/detect.ts'),
    ])
    return await detectServer(service, createHttp(service, baseUrl))
  }
  const adapter = (): Promise<MailAdapter> => {
    detected ??= detect().catch((error: unknown) => {
      detected = undefined
      throw error
    })
    return detected
  }
  const mailbox = (): Promise<MailboxView> => {
    opened ??= import('./mailbox.ts').then((module) => module.createMailboxView(adapter))
    return opened
  }
  return { adapter, mailbox }
}

const cannotRefuse = (service: string, { server }: MailAdapter) =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} is a ${server}, which cannot refuse mail on demand`,
    remedy: "use mailhog({ server: 'mailpit' }) or mailhog({ server: 'bundled' })",
    facts: { service, server },
  })
