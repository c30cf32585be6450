import type { Expectation, ExpectOptions } from 'mesocosm'
import { type AsymmetricMatcher, withTimeout } from 'mesocosm/plugin'
import type { MailAdapter } from '../adapter/adapter.ts'
import { mailLine } from './mail-line.ts'
import type { MailboxView } from './mailbox.ts'
import { type MailMatch, type MailPredicate, matcherOf } from './match.ts'
import type { MailMessage } from './message.ts'

/** What `expect` can wait for in a mail server. */
export interface MailExpectations {
  /** A mail since the mark that matches, as in `waitForMessage`. */
  toHaveReceived(
    match?: MailMatch | MailPredicate | AsymmetricMatcher,
    options?: ExpectOptions,
  ): Expectation<MailMessage>
}

/** What a mailbox is read by, made at the first use. */
export interface MailParts {
  /** Name of the service. */
  readonly service: string
  readonly mailbox: () => Promise<MailboxView>
  readonly adapter: () => Promise<MailAdapter>
}

// #region expectations
/** Returns what `expect` can wait for in a mail server. */
export const mailExpectations = ({ service, mailbox, adapter }: MailParts): MailExpectations => ({
  toHaveReceived(match = {}, options) {
    const { matches, words } = matcherOf(match)
    return {
      awaited: `a mail ${words} in ${service}`,
      options,
      async wait(limits) {
        const { waitForMessage } = await import('./wait-for-message.ts')
        return await waitForMessage({ service, mailbox: await mailbox(), adapter }, match, limits)
      },
      present: (limits) =>
        withTimeout(`listing the mail of ${service}`, limits, async (signal) => {
          const kept = []
          for (const message of await (await mailbox()).arrived(signal))
            if (await matches(message)) kept.push(message)
          return kept
        }),
      lineOf: mailLine,
    }
  },
})
// #endregion
