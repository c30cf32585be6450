import type { ApiEvent, ApiMessage, ApiPage } from '../../../mailpit-api.ts'

/** Mails to ask for: all, or those that match a search. */
export const fetchPage = async (query: string, start: number, limit: number): Promise<ApiPage> => {
  const parameters = new URLSearchParams({ start: String(start), limit: String(limit) })
  if (query !== '') parameters.set('query', query)
  const path = query === '' ? 'messages' : 'search'
  return (await ask('GET', `${path}?${parameters}`)).json()
}

/** Returns a mail, which the server then counts as read; `latest` is the newest one. */
export const fetchMail = async (id: string): Promise<ApiMessage> =>
  (await ask('GET', `message/${encodeURIComponent(id)}`)).json()

/** Returns the values of each header. */
export const fetchHeaders = async (id: string): Promise<Readonly<Record<string, string[]>>> =>
  (await ask('GET', `message/${id}/headers`)).json()

/** Returns the beginning of a mail's source. */
export const fetchSource = (id: string, most: number): Promise<Beginning> =>
  beginningOf(`message/${id}/raw`, most)

/** Returns the beginning of an attachment as text. */
export const fetchPart = (id: string, part: string, most: number): Promise<Beginning> =>
  beginningOf(`message/${id}/part/${part}`, most)

/** Returns the address of an attachment. */
export const partAddress = (id: string, part: string): string =>
  `/api/v1/message/${id}/part/${encodeURIComponent(part)}`

/** Marks mails as read or unread; all if no ids are given. */
export const markRead = async (ids: readonly string[], read: boolean): Promise<void> => {
  await ask('PUT', 'messages', { IDs: ids, Read: read })
}

/** Deletes a mail. */
export const deleteMail = async (id: string): Promise<void> => {
  await ask('DELETE', 'messages', { IDs: [id] })
}

/** Deletes all mails, or those that match a search. */
export const deleteAll = async (query: string): Promise<void> => {
  if (query === '') await ask('DELETE', 'messages', {})
  else await ask('DELETE', `search?${new URLSearchParams({ query })}`)
}

/** Text that may go on. */
export interface Beginning {
  readonly text: string
  readonly whole: boolean
}

/** Follows what happens to the mailbox, for ever: connects again if the connection ends. */
export const followEvents = (on: {
  readonly event: (event: ApiEvent) => void
  readonly connected: (connected: boolean) => void
}): void => {
  let pause = firstPause
  const connect = () => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/events`)
    socket.onopen = () => {
      pause = firstPause
      on.connected(true)
    }
    socket.onmessage = ({ data }) => on.event(JSON.parse(String(data)) as ApiEvent)
    socket.onclose = () => {
      on.connected(false)
      setTimeout(connect, pause)
      pause = Math.min(pause * 2, 8_000)
    }
  }
  connect()
}

// ---

const firstPause = 500

const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
  const response = await fetch(`/api/v1/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  if (response.ok) return response
  const reason = await response.text()
  // The API explains failures in a line.
  throw new Error(reason.length < 500 ? reason : `${response.status} ${response.statusText}`)
}

const beginningOf = async (path: string, most: number): Promise<Beginning> => {
  const reader = (await ask('GET', path)).body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (reader !== undefined && text.length < most) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), whole: true }
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return { text: text.slice(0, most), whole: false }
}
