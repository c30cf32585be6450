import type { Listed, MailAdapter } from '../adapter/adapter.ts'
import { type MailMessage, readMessage } from './message.ts'

/** The server's mailbox seen from a mark; each mail is loaded and read once. */
export interface MailboxView {
  /** Mail since the mark, oldest first. */
  arrived(signal?: AbortSignal): Promise<MailMessage[]>
  read(listed: readonly Listed[], signal?: AbortSignal): Promise<MailMessage[]>
  /** Moves the mark behind the mail that is there now. */
  mark(signal?: AbortSignal): Promise<void>
  clear(signal?: AbortSignal): Promise<void>
}

export const createMailboxView = (
  adapter: (signal?: AbortSignal) => Promise<MailAdapter>,
): MailboxView => {
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
      const listed = await (await adapter(signal)).list(signal)
      const messages = await read(
        listed.filter(({ id }) => !before.has(id)),
        signal,
      )
      // Only what is still there: a mailbox that was emptied gives its memory back.
      known = new Map(messages.map((message) => [message.id, message]))
      return messages
    },
    async mark(signal) {
      const listed = await (await adapter(signal)).list(signal)
      before = new Set(listed.map(({ id }) => id))
    },
    async clear(signal) {
      await (await adapter(signal)).clear(signal)
      before = new Set()
      known = new Map()
    },
  }
}
