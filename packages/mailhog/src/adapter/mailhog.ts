import type { Listed, MailAdapter } from './adapter.ts'
import type { Http } from './http.ts'

const pageSize = 200

/**
 * Returns the adapter for MailHog: API v2 for lists, v1 for the rest. MailHog stores text, so bytes other than UTF-8 are
 * lost.
 */
export const mailhogAdapter = (http: Http): MailAdapter => {
  const all = async (path: string, signal?: AbortSignal): Promise<Listed[]> => {
    const found = new Map<string, Item>()
    for (let start = 0; ; start += pageSize) {
      const { items } = await http.json<Page>(`${path}start=${start}&limit=${pageSize}`, { signal })
      for (const item of items ?? []) found.set(item.ID, item)
      if ((items ?? []).length < pageSize) break
    }
    return [...found.values()].reverse().map(listed)
  }
  return {
    server: 'MailHog',
    list: (signal) => all('/api/v2/messages?', signal),
    search: (query, signal) =>
      all(`/api/v2/search?kind=containing&query=${encodeURIComponent(query)}&`, signal),
    async clear(signal) {
      await http.ok('/api/v1/messages', { method: 'DELETE', signal })
    },
    // Each event has the whole mail, but callers only need to know that one arrived.
    async follow(onNews, signal) {
      const reading = async () => {
        const response = await fetch(`${http.url}/api/v1/events`, { signal })
        onNews()
        for await (const _ of response.body ?? []) onNews()
      }
      // Without the stream the mailbox is polled.
      await reading().catch(() => {})
    },
  }
}

// ---

interface Item {
  readonly ID: string
  readonly Created: string
  readonly Raw: { readonly To: readonly string[]; readonly Data: string }
}

interface Page {
  /** Newest first. */
  readonly items: readonly Item[] | null
}

/** The list has the content of each mail. */
const listed = ({ ID, Created, Raw }: Item): Listed => ({
  id: ID,
  receivedAt: new Date(Created),
  load: async () => ({ raw: Buffer.from(Raw.Data), recipients: Raw.To ?? [] }),
})
