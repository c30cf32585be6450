import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptWebSocket, type PushSocket } from '../../../../servers/websocket.ts'
import type { ApiEvent } from '../mailpit-api.ts'
import type { Mailbox, MailboxEvent } from './mailbox.ts'
import { summaryOf } from './views.ts'

/** Clients that listen to events. */
export interface EventHub {
  /** Answers the request for a WebSocket. */
  accept(request: IncomingMessage, socket: Duplex): void
  /** Ends all connections. */
  close(): void
}

/** Sends the events of a mailbox to every connected client. */
export const createEventHub = (mailbox: Mailbox): EventHub => {
  const clients = new Set<PushSocket>()
  mailbox.onEvent((event) => {
    if (clients.size === 0) return
    const text = JSON.stringify(asApiEvent(event))
    for (const client of clients) client.send(text)
  })
  return {
    accept(request, socket) {
      const client = acceptWebSocket(request, socket, () => {
        if (client !== undefined) clients.delete(client)
      })
      if (client !== undefined) clients.add(client)
    },
    close() {
      for (const client of clients) client.close()
    },
  }
}

// ---

const asApiEvent = (event: MailboxEvent): ApiEvent => {
  switch (event.kind) {
    case 'new':
      return { Type: 'new', Data: summaryOf(event.mail) }
    case 'read':
      return { Type: 'update', Data: { ID: event.mail.id, Read: event.mail.read } }
    case 'tags':
      return { Type: 'update', Data: { ID: event.mail.id, Tags: event.mail.tags } }
    case 'delete':
      return { Type: 'delete', Data: { ID: event.id } }
    case 'clear':
      return { Type: 'truncate', Data: null }
  }
}
