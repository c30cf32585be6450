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
    const unknown = listed.filter(({ id }) => !known.has(id)).map(({ id }) => id)
    const atOnce =
      unknown.length < fewMails ? undefined : await (await adapter()).loadAll?.(unknown, signal)
    const messages = await mapInOrder(listed, async (mail) => {
      const message = known.get(mail.id)
      if (message !== undefined) return message
      const loaded = atOnce === undefined ? await mail.load(signal) : atOnce.get(mail.id)
      return loaded === undefined ? undefined : await readMessage(mail, loaded)
    })
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

// ---

/** Fewer mails than this are loaded one by one. */
const fewMails = 10

/** Requests at one time: `fetch` opens a connection for each, and those of 1,000 mails take longer to open than to use. */
const mostLoads = 16

/** Returns what `map` returns for each value, a few at a time. */
const mapInOrder = async <T, R>(
  values: readonly T[],
  map: (value: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = []
  const waiting = values.entries()
  const work = async () => {
    // Shared by all workers: each takes the next value.
    for (const [index, value] of waiting) results[index] = await map(value)
  }
  await Promise.all(Array.from({ length: Math.min(mostLoads, values.length) }, work))
  return results
}
