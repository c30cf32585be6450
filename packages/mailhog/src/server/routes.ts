import type { ApiPage } from '../mailpit-api.ts'
import {
  type Answer,
  failed,
  json,
  notFound,
  ok,
  type Request,
  type Route,
  route,
  text,
} from './answer.ts'
import type { Chaos } from './chaos.ts'
import { flag, integer, list, object, readBody, text as string } from './json-body.ts'
import type { Mailbox, StoredMail } from './mailbox.ts'
import { messageRoutes, zoneOf } from './message-routes.ts'
import { searchMails } from './search.ts'
import { searchDate } from './search-date.ts'
import { composeMail } from './send.ts'
import { tagRoutes } from './tag-routes.ts'
import { summaryOf } from './views.ts'

/** What routes need. */
export interface RouteContext {
  readonly mailbox: Mailbox
  readonly chaos: Chaos
  /** Called for each mail that `send` stored. */
  readonly onMail: (mail: StoredMail) => void
}

/**
 * Returns a function that answers requests of Mailpit's API: with 400 and the reason what it does not understand, with 404
 * paths that this server does not have.
 */
export const createRoutes = ({ mailbox, chaos, onMail }: RouteContext) => {
  const routes: readonly Route[] = [
    route('GET', /^\/(?:livez|readyz)$/, () => ok),
    route('GET', /^\/api\/v1\/info$/, () => json(infoOf(mailbox))),
    route('GET', /^\/api\/v1\/webui$/, () => json(webui)),
    route('OPTIONS', /^\/api\/v1\/.*/, () => text('')),
    route('GET', /^\/api\/v1\/messages$/, ({ query }) => {
      const mails = mailbox.newestFirst()
      return json(page(mailbox, mails, query))
    }),
    route('PUT', /^\/api\/v1\/messages$/, async (request) => {
      const {
        IDs = [],
        Read = false,
        Search = '',
      } = readBody(await request.json(), {
        IDs: list(string),
        Read: flag,
        Search: string,
      })
      if (IDs.length > 0 && Search !== '')
        throw new RangeError('give either "IDs" or "Search", not both')
      const all = mailbox.newestFirst()
      const wanted = new Set(IDs)
      const found =
        Search !== ''
          ? searchMails(all, Search, zoneOf(request.query))
          : all.filter(({ id }) => wanted.size === 0 || wanted.has(id))
      for (const mail of found) mailbox.setRead(mail, Read)
      return ok
    }),
    route('DELETE', /^\/api\/v1\/messages$/, async (request) => {
      const body = await request.json()
      const { IDs = [] } = body === undefined ? {} : readBody(body, { IDs: list(string) })
      if (IDs.length === 0) mailbox.clear()
      else mailbox.delete(IDs)
      return ok
    }),
    route('GET', /^\/api\/v1\/search$/, ({ query }) =>
      json(page(mailbox, searched(mailbox, query), query)),
    ),
    route('DELETE', /^\/api\/v1\/search$/, ({ query }) => {
      mailbox.delete(searched(mailbox, query).map(({ id }) => id))
      return ok
    }),
    route('POST', /^\/api\/v1\/send$/, async (request) => {
      try {
        const { raw, from, to } = await composeMail(await request.json())
        const mail = await mailbox.add(raw, { from, to, user: request.user })
        onMail(mail)
        return json({ ID: mail.id })
      } catch (error) {
        return { ...json({ Error: (error as Error).message }), status: 400 }
      }
    }),
    ...tagRoutes(mailbox),
    ...messageRoutes(mailbox),
    route('GET', /^\/api\/v1\/chaos$/, () => json(chaos.triggers)),
    route('PUT', /^\/api\/v1\/chaos$/, async (request) => {
      const trigger = object({ ErrorCode: integer, Probability: integer })
      chaos.set(
        readBody(await request.json(), {
          Sender: trigger,
          Recipient: trigger,
          Authentication: trigger,
        }),
      )
      return json(chaos.triggers)
    }),
  ]

  return async (request: Request): Promise<Answer> => {
    for (const { method, path, answer } of routes) {
      const found = method === request.method ? path.exec(request.path) : null
      if (found === null) continue
      try {
        return await answer(
          request,
          found.slice(1).map((part) => decodeURIComponent(part)),
        )
      } catch (error) {
        return failed(400, error)
      }
    }
    return notFound()
  }
}

// ---

const unread = (mails: readonly StoredMail[]) => mails.filter(({ read }) => !read).length

const infoOf = (mailbox: Mailbox) => {
  const mails = mailbox.newestFirst()
  const size = mails.reduce((sum, { raw }) => sum + raw.length, 0)
  return {
    Version: 'mesocosm',
    LatestVersion: 'mesocosm',
    Database: '',
    DatabaseSize: size,
    Messages: mails.length,
    Unread: unread(mails),
    Tags: mailbox.tags,
    RuntimeStats: {
      Uptime: Math.round(process.uptime()),
      Memory: process.memoryUsage.rss(),
      MessagesDeleted: mailbox.deleted,
      SMTPAccepted: mails.length + mailbox.deleted,
      SMTPAcceptedSize: size,
      SMTPRejected: 0,
      SMTPIgnored: 0,
    },
  }
}

const webui = {
  Label: '',
  MessageRelay: {
    Enabled: false,
    SMTPServer: '',
    ReturnPath: '',
    AllowedRecipients: '',
    BlockedRecipients: '',
    OverrideFrom: '',
    PreserveMessageIDs: false,
    RecipientAllowlist: '',
  },
  SpamAssassin: false,
  ChaosEnabled: true,
  DuplicatesIgnored: false,
  HideDeleteAllButton: false,
}

const page = (mailbox: Mailbox, found: readonly StoredMail[], query: URLSearchParams): ApiPage => {
  const all = mailbox.newestFirst()
  const before = query.get('before') || undefined
  const until = before === undefined ? undefined : searchDate(before)
  const counted = until === undefined ? found : found.filter(({ created }) => created < until)
  const start = numberOf(query, 'start', 0)
  const limit = numberOf(query, 'limit', 50)
  // As with Mailpit, 0 means all.
  const messages = counted
    .slice(start, limit === 0 ? undefined : start + limit)
    .map((mail) => summaryOf(mail))
  return {
    total: all.length,
    unread: unread(all),
    count: messages.length,
    messages_count: counted.length,
    messages_unread: unread(counted),
    start,
    tags: Object.keys(mailbox.tags),
    messages,
  }
}

const numberOf = (query: URLSearchParams, name: string, otherwise: number): number => {
  const given = query.get(name)
  if (given === null || given === '') return otherwise
  if (!/^\d{1,9}$/.test(given)) throw new RangeError(`"${name}" must be a number from 0`)
  return Number(given)
}

const searched = (mailbox: Mailbox, query: URLSearchParams): StoredMail[] =>
  searchMails(mailbox.newestFirst(), query.get('query') ?? '', zoneOf(query))
