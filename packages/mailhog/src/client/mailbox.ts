import type { Listed, MailAdapter } from '../adapter/adapter.ts'
import { type MailMessage, readMessage } from './message.ts'

/** A server's mailbox since a mark. Each mail is loaded and parsed once. */
export interface MailboxView {
  /** Returns the mail since the mark, oldest first. */
  arrived(signal?: AbortSignal): Promise<MailMessage[]>
  /** Loads and parses listed mail; leaves out what has been deleted. */
  read(listed: readonly Listed[], signal?: AbortSignal): Promise<MailMessage[]>
  /** Sets the mark after all mail that has arrived. */
  mark(signal?: AbortSignal): Promise<void>
  /** Deletes all mail, and the mark. */
  clear(signal?: AbortSignal): Promise<void>
}

/** Returns a view of the mailbox of the adapter's server. */
export const createMailboxView = (adapter: () => Promise<MailAdapter>): MailboxView => {
  let before = new Set<string>()
  let known = new Map<string, MailMessage>()

  const read: MailboxView['read'] = async (listed, signal) => {
    const messages = await Promise.all(
      listed.map(async (mail) => {
        const message = known.get(mail.id)
        if (message !== undefined) return message
        const loaded = await mail.load(signal)
        return loaded === undefined ? undefined : await readMessage(mail, loaded)
      }),
    )
    return messages.filter((message) => message !== undefined)
  }

  return {
    read,
    async arrived(signal) {
      const listed = await (await adapter()).list(signal)
      const messages = await read(
        listed.filter(({ id }) => !before.has(id)),
        signal,
      )
      // Forgets deleted mail, so that its memory is freed.
      known = new Map(messages.map((message) => [message.id, message]))
      return messages
    },
    async mark(signal) {
      const listed = await (await adapter()).list(signal)
      before = new Set(listed.map(({ id }) => id))
    },
    async clear(signal) {
      await (await adapter()).clear(signal)
      before = new Set()
      known = new Map()
    },
  }
}
