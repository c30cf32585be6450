import { isMesocosmError, type WaitOptions } from 'mesocosm'
import { type AsymmetricMatcher, pollArrivals } from 'mesocosm/plugin'
import type { MailAdapter } from '../adapter/adapter.ts'
import { mailLine } from './mail-line.ts'
import type { MailboxView } from './mailbox.ts'
import { type MailMatch, type MailPredicate, matcherOf } from './match.ts'
import type { MailMessage } from './message.ts'

/** What a wait asks. */
export interface MailSource {
  /** Name of the service. */
  readonly service: string
  /** Its mailbox. */
  readonly mailbox: MailboxView
  /** Returns the adapter of its server. */
  readonly adapter: () => Promise<MailAdapter>
}

/** Returns the first mail since the mark that matches. Also waits for a server that does not answer yet. */
export const waitForMessage = async (
  { service, mailbox, adapter }: MailSource,
  match: MailMatch | MailPredicate | AsymmetricMatcher,
  options?: WaitOptions,
): Promise<MailMessage> => {
  const { matches, words } = matcherOf(match)
  const startedAt = performance.now()
  return await pollArrivals(
    {
      awaited: `a mail ${words} in ${service}`,
      noun: 'mail',
      remedy: "check in the sender's log whether it sent one, and to which server",
      othersRemedy: 'compare with the mails above; mails before clear() and mark() do not count',
      look: (signal) => mailbox.arrived(signal),
      matches,
      isAway: isMesocosmError,
      follow: async (onNews, signal) => (await adapter()).follow(onNews, signal),
      lineOf: mailLine,
      facts: (arrived) => ({
        service,
        awaited: `a mail ${words}`,
        elapsedMs: Math.round(performance.now() - startedAt),
        arrived: arrived.map(({ id, subject }) => ({ id, subject })),
      }),
    },
    options,
  )
}
