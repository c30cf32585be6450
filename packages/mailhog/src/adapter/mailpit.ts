import type {
  ApiChaos,
  ApiEvent,
  ApiPage,
  ApiSources,
  ApiSummary,
  ApiTrigger,
} from '../mailpit-api.ts'
import type { Listed, Loaded, MailAdapter, MailChaos, MailRefusal } from './adapter.ts'
import { followWebSocket } from './follow-websocket.ts'
import { bytesIfFound, type Http } from './http.ts'

const pageSize = 200

/** Returns the adapter for Mailpit's API v1, which the bundled server has as well. */
export const mailpitAdapter = (http: Http): MailAdapter => {
  const all = async (path: string, signal?: AbortSignal): Promise<Listed[]> => {
    const found = new Map<string, ApiSummary>()
    for (let start = 0; ; start += pageSize) {
      const page = await http.json<ApiPage>(`${path}start=${start}&limit=${pageSize}`, { signal })
      for (const summary of page.messages ?? []) found.set(summary.ID, summary)
      if ((page.messages ?? []).length < pageSize) break
    }
    return [...found.values()].reverse().map(listed)
  }
  const listed = (summary: ApiSummary): Listed => ({
    id: summary.ID,
    receivedAt: new Date(summary.Created),
    async load(signal) {
      const raw = await bytesIfFound(
        await http.send(`/api/v1/message/${summary.ID}/raw`, { signal }),
      )
      return raw && { raw, recipients: (summary.Bcc ?? []).map(({ Address }) => Address) }
    },
  })
  let hasSources = true
  return {
    server: 'Mailpit',
    async loadAll(ids, signal) {
      const loaded = new Map<string, Loaded>()
      for (let left = ids; left.length > 0 && hasSources; ) {
        const json = { IDs: left.slice(0, pageSize) }
        const response = await http.send('/api/v1/sources', { method: 'POST', json, signal })
        hasSources = response.ok
        if (!response.ok) {
          await response.body?.cancel()
          break
        }
        const { Sources, Left } = (await response.json()) as ApiSources
        for (const { ID, Raw, Bcc } of Sources)
          loaded.set(ID, {
            raw: Buffer.from(Raw, 'base64'),
            recipients: Bcc.map(({ Address }) => Address),
          })
        left = [...Left, ...left.slice(pageSize)]
      }
      return hasSources ? loaded : undefined
    },
    list: (signal) => all('/api/v1/messages?', signal),
    search: (query, signal) => all(`/api/v1/search?query=${encodeURIComponent(query)}&`, signal),
    async clear(signal) {
      await http.ok('/api/v1/messages', { method: 'DELETE', signal })
    },
    follow: (onNews, signal) =>
      followWebSocket(
        `${http.url}/api/events`,
        {
          onOpen: onNews,
          onText: (text) => {
            if ((JSON.parse(text) as ApiEvent).Type === 'new') onNews()
          },
        },
        signal,
      ),
    async refuse(chaos, signal) {
      await http.ok('/api/v1/chaos', { method: 'PUT', json: triggers(chaos), signal })
    },
  }
}

// ---

const triggers = ({ sender, recipient, authentication }: MailChaos): Partial<ApiChaos> => ({
  ...(sender && { Sender: trigger(sender, 451) }),
  ...(recipient && { Recipient: trigger(recipient, 451) }),
  ...(authentication && { Authentication: trigger(authentication, 535) }),
})

const trigger = ({ code, probability = 100 }: MailRefusal, defaultCode: number): ApiTrigger => ({
  ErrorCode: code ?? defaultCode,
  Probability: probability,
})
