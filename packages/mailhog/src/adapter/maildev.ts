import type { Listed, MailAdapter } from './adapter.ts'
import { followWebSocket } from './follow-websocket.ts'
import { bytesIfFound, type Http } from './http.ts'

const pageSize = 200

/** Returns the adapter for MailDev 3: `/api/email`, and Socket.IO for events. */
export const maildevAdapter = (http: Http): MailAdapter => {
  const all = async (query: string, signal?: AbortSignal): Promise<Listed[]> => {
    const found = new Map<string, Summary>()
    // Sorted by `Date` in seconds; ascending, because mails of one second are then in the order of arrival.
    for (let skip = 0; ; ) {
      const path = `/api/email/summary?${query}sort=asc&skip=${skip}&limit=${pageSize}`
      const { items, limit } = await http.json<Page>(path, { signal })
      for (const item of items) found.set(item.id, item)
      // A page may have fewer items than requested.
      if (items.length < limit) break
      skip += items.length
    }
    return [...found.values()].map(listed)
  }
  const listed = ({ id, time }: Summary): Listed => ({
    id,
    receivedAt: new Date(time),
    async load(signal) {
      const [about, source] = await Promise.all([
        http.send(`/api/email/${id}`, { signal }),
        http.send(`/api/email/${id}/source`, { signal }),
      ])
      const raw = await bytesIfFound(source)
      if (raw === undefined || !about.ok) return undefined
      const { envelope } = (await about.json()) as Email
      return { raw, recipients: envelope.to.map(({ address }) => address) }
    },
  })
  return {
    server: 'MailDev',
    list: (signal) => all('', signal),
    search: (query, signal) => all(`search=${encodeURIComponent(query)}&`, signal),
    async clear(signal) {
      await http.ok('/api/email/all', { method: 'DELETE', signal })
    },
    follow: (onNews, signal) =>
      followWebSocket(
        `${http.url}/socket.io/?EIO=4&transport=websocket`,
        { onText: (text, send) => answerSocketIo(text, send, onNews) },
        signal,
      ),
  }
}

// ---

/** Handles the packets of Engine.IO 4 and Socket.IO 5 that a listener gets. */
const answerSocketIo = (packet: string, send: (text: string) => void, onNews: () => void) => {
  const opened = packet.startsWith('0')
  const ping = packet === '2'
  const connected = packet.startsWith('40')
  const event = packet.startsWith('42["newMail"')
  if (opened) send('40')
  if (ping) send('3')
  if (connected || event) onNews()
}

interface Summary {
  readonly id: string
  readonly time: string
}

interface Page {
  readonly items: readonly Summary[]
  readonly limit: number
}

interface Email {
  readonly envelope: { readonly to: readonly { readonly address: string }[] }
}
