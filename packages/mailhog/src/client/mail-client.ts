import { MesocosmError, type WaitOptions, within } from 'mesocosm'
import type { Chaos, MailAdapter } from '../adapter/adapter.ts'
import type { MailboxView } from './mailbox.ts'
import type { MailMatch, MailPredicate } from './match.ts'
import type { MailMessage } from './message.ts'
import { orAborted } from './or-aborted.ts'

/** The methods of a mail server's handle. The mark is the last reset, `clear()` or `mark()`. */
export interface MailClient {
  /**
   * The first mail since the mark that matches, one that has come already included.
   *
   * @param match what all must hold, such as `{ to: 'a@b.c', subject: /welcome/i }`, or a predicate.
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `TIMEOUT` with a line for each mail that did come, `ABORTED`; what the predicate throws.
   */
  waitForMessage(match?: MailMatch | MailPredicate, options?: WaitOptions): Promise<MailMessage>
  /** Mail since the mark, oldest first; only what matches, when something is asked for. */
  messages(match?: MailMatch | MailPredicate, options?: WaitOptions): Promise<MailMessage[]>
  /**
   * All mail in the mailbox that the server finds, oldest first.
   *
   * @param query in the server's own language: Mailpit's filters (`to:a@b.c subject:"sign up"`), words for the others.
   */
  search(query: string, options?: WaitOptions): Promise<MailMessage[]>
  /** Deletes all mail. */
  clear(options?: WaitOptions): Promise<void>
  /** From here on only later mail counts; nothing is deleted. */
  mark(options?: WaitOptions): Promise<void>
  /**
   * Lets the server refuse mail until the returned object is disposed, `use` has ended, or the lane is reset:
   * `chaos({ recipient: { code: 550 } })`. It replaces what an earlier call said.
   *
   * @param options for telling the server, not for `use`; `timeoutMs` default 10 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` where the server cannot: MailHog, MailDev; `TIMEOUT`, `ABORTED`.
   */
  chaos(refusals: Chaos, options?: WaitOptions): Promise<AsyncDisposable>
  chaos<T>(refusals: Chaos, use: () => T | Promise<T>, options?: WaitOptions): Promise<T>
}

/** Nothing is loaded before a method is called, and no connection outlives a call. */
export const createMailClient = (service: string, baseUrl: () => string): MailClient => {
  const { adapter, mailbox } = createParts(service, baseUrl)
  const tell = (refusals: Chaos, options?: WaitOptions): Promise<void> =>
    within(`telling ${service} what to refuse`, options, async (signal) => {
      const server = await adapter(signal)
      if (server.refuse === undefined) throw cannotRefuse(service, server)
      await server.refuse(refusals, signal)
    })
  const refuse = async (refusals: Chaos, options?: WaitOptions): Promise<AsyncDisposable> => {
    await tell(refusals, options)
    return { [Symbol.asyncDispose]: () => tell({}) }
  }
  async function chaos(refusals: Chaos, options?: WaitOptions): Promise<AsyncDisposable>
  async function chaos<T>(
    refusals: Chaos,
    use: () => T | Promise<T>,
    options?: WaitOptions,
  ): Promise<T>
  async function chaos<T>(
    refusals: Chaos,
    useOrOptions?: WaitOptions | (() => T | Promise<T>),
    options?: WaitOptions,
  ) {
    if (typeof useOrOptions !== 'function') return await refuse(refusals, useOrOptions)
    await using _ = await refuse(refusals, options)
    return await useOrOptions()
  }
  return {
    async waitForMessage(match = {}, options) {
      const { waitForMessage } = await import('./wait-for-message.ts')
      return await waitForMessage({ service, mailbox: await mailbox(), adapter }, match, options)
    },
    async messages(match = {}, options) {
      const { matcherOf } = await import('./match.ts')
      const { matches } = matcherOf(match)
      return await within(`listing the mail of ${service}`, options, async (signal) => {
        const kept = []
        for (const message of await (await mailbox()).arrived(signal))
          if (await matches(message)) kept.push(message)
        return kept
      })
    },
    search: (query, options) =>
      within(`searching the mail of ${service}`, options, async (signal) => {
        const found = await (await adapter(signal)).search(query, signal)
        return await (await mailbox()).read(found, signal)
      }),
    clear: (options) =>
      within(`clearing the mail of ${service}`, options, async (signal) =>
        (await mailbox()).clear(signal),
      ),
    mark: (options) =>
      within(`marking the mail of ${service}`, options, async (signal) =>
        (await mailbox()).mark(signal),
      ),
    chaos,
  }
}

// ---

/** The adapter of whatever server answers, and the mailbox over it; both are made once. */
const createParts = (service: string, baseUrl: () => string) => {
  let detected: Promise<MailAdapter> | undefined
  const detect = async () => {
    const [{ createHttp }, { detectServer }] = await Promise.all([
      import('../adapter/http.ts'),
      import('../adapter/detect.ts'),
    ])
    return await detectServer(service, createHttp(service, baseUrl))
  }
  const adapter = (signal?: AbortSignal): Promise<MailAdapter> => {
    detected ??= detect().catch((error: unknown) => {
      detected = undefined
      throw error
    })
    return orAborted(detected, signal)
  }
  let opened: Promise<MailboxView> | undefined
  const mailbox = (): Promise<MailboxView> => {
    opened ??= import('./mailbox.ts').then((module) => module.createMailboxView(adapter))
    return opened
  }
  return { adapter, mailbox }
}

const cannotRefuse = (service: string, { server }: MailAdapter) =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} is a ${server}, which cannot be told to refuse mail`,
    remedy: "use mailhog({ server: 'mailpit' }) or mailhog({ server: 'bundled' })",
    facts: { service, server },
  })
