import { isMesocosmError, type WaitOptions } from 'mesocosm'
import { pollArrivals } from 'mesocosm/plugin'
import type { MailAdapter } from '../adapter/adapter.ts'
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
  match: MailMatch | MailPredicate,
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
      lineOf,
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

// ---

const lineOf = ({ subject, from, to, cc, bcc, receivedAt }: MailMessage): string => {
  const others = [...cc, ...bcc].map(({ address }) => address)
  return `"${subject}" from ${from.address} to ${to.map(({ address }) => address).join(', ')}${
    others.length === 0 ? '' : ` (and ${others.join(', ')})`
  } at ${receivedAt.toISOString()}`
}
