import type { ApiPage } from '../mailpit-api.ts'
import type { Chaos } from './chaos.ts'
import type { Mailbox, StoredMail } from './mailbox.ts'
import { searchMails } from './search.ts'
import { attachmentOf, bytesOf, headersOf, messageOf, summaryOf } from './views.ts'

/** A request, parsed as far as routes need it. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Returns the body parsed as JSON, `{}` if it is empty. Throws `SyntaxError`. */
  json(): Promise<unknown>
}

/** A response. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
}

/** Returns a function that answers requests of Mailpit's API; with 404 those that this server does not support. */
export const createRoutes = (mailbox: Mailbox, chaos: Chaos) => {
  const routes: readonly Route[] = [
    route('GET', /^\/(?:livez|readyz)$/, () => text('ok')),
    route('GET', /^\/api\/v1\/info$/, () => {
      const mails = mailbox.newestFirst()
      const { rss } = process.memoryUsage()
      return json({
        Version: 'mesocosm',
        Messages: mails.length,
        Unread: unread(mails),
        Tags: {},
        RuntimeStats: { Uptime: Math.round(process.uptime()), Memory: rss },
      })
    }),
    route('GET', /^\/api\/v1\/messages$/, ({ query }) => {
      const mails = mailbox.newestFirst()
      return json(page(mails, mails, query))
    }),
    route('PUT', /^\/api\/v1\/messages$/, async (request) => {
      const { IDs, Read } = idsOf(await request.json())
      const wanted = new Set(IDs)
      for (const mail of mailbox.newestFirst())
        if (wanted.size === 0 || wanted.has(mail.id)) mail.read = Read
      return text('ok')
    }),
    route('DELETE', /^\/api\/v1\/messages$/, async (request) => {
      const { IDs } = idsOf(await request.json())
      if (IDs.length === 0) mailbox.clear()
      else mailbox.delete(IDs)
      return text('ok')
    }),
    route('GET', /^\/api\/v1\/search$/, ({ query }) => {
      const mails = mailbox.newestFirst()
      return json(page(searchMails(mails, searched(query)), mails, query))
    }),
    route('DELETE', /^\/api\/v1\/search$/, ({ query }) => {
      mailbox.delete(searchMails(mailbox.newestFirst(), searched(query)).map(({ id }) => id))
      return text('ok')
    }),
    aboutMail('', (mail) => {
      mail.read = true
      return json(messageOf(mail))
    }),
    aboutMail('/headers', (mail) => json(headersOf(mail))),
    aboutMail('/raw', (mail) => ({
      status: 200,
      type: 'text/plain; charset=utf-8',
      body: mail.raw,
    })),
    aboutMail('/part/([^/]+)', (mail, part) => {
      const attachment = attachmentOf(mail, part)
      if (attachment === undefined) return notFound
      return { status: 200, type: headerValue(attachment.mimeType), body: bytesOf(attachment) }
    }),
    route('GET', /^\/api\/v1\/chaos$/, () => json(chaos.triggers)),
    route('PUT', /^\/api\/v1\/chaos$/, async (request) => {
      chaos.set((await request.json()) as object)
      return json(chaos.triggers)
    }),
  ]

  function aboutMail(rest: string, answer: (mail: StoredMail, argument: string) => Answer): Route {
    return route(
      'GET',
      new RegExp(`^/api/v1/message/([^/]+)${rest}$`),
      (_, [id = '', more = '']) => {
        const mail = mailbox.get(id)
        return mail === undefined ? notFound : answer(mail, more)
      },
    )
  }

  return async (request: Request): Promise<Answer> => {
    for (const { method, path, answer } of routes) {
      const found = method === request.method ? path.exec(request.path) : null
      if (found === null) continue
      try {
        return await answer(request, found.slice(1).map(decodeURIComponent))
      } catch (error) {
        return failed(400, error)
      }
    }
    return notFound
  }
}

/** Returns the response to a request that failed. */
export const failed = (status: number, error: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify({ Error: error instanceof Error ? error.message : String(error) }),
})

// ---

interface Route {
  readonly method: string
  readonly path: RegExp
  readonly answer: (request: Request, found: readonly string[]) => Answer | Promise<Answer>
}

const route = (method: string, path: RegExp, answer: Route['answer']): Route => ({
  method,
  path,
  answer,
})

const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value),
})

const text = (body: string): Answer => ({ status: 200, type: 'text/plain; charset=utf-8', body })

const notFound: Answer = { status: 404, type: 'application/json', body: '{"Error":"not found"}' }

/** Mail has any content type, Node refuses to send some as a header. */
const headerValue = (type: string): string =>
  /^[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream'

const unread = (mails: readonly StoredMail[]) => mails.filter(({ read }) => !read).length

const page = (
  found: readonly StoredMail[],
  all: readonly StoredMail[],
  query: URLSearchParams,
): ApiPage => {
  const start = Math.max(0, Number(query.get('start') ?? 0) || 0)
  const limit = Math.max(0, Number(query.get('limit') ?? 50) || 0)
  const messages = found.slice(start, start + limit).map(summaryOf)
  return {
    total: all.length,
    unread: unread(all),
    count: messages.length,
    messages_count: found.length,
    messages_unread: unread(found),
    start,
    tags: [],
    messages,
  }
}

const searched = (query: URLSearchParams): string => {
  const given = query.get('query')?.trim() ?? ''
  if (given === '') throw new Error('no search query')
  return given
}

const idsOf = (body: unknown): { readonly IDs: readonly string[]; readonly Read: boolean } => {
  const { IDs, Read } = body as { readonly IDs?: unknown; readonly Read?: unknown }
  return {
    IDs: Array.isArray(IDs) ? IDs.filter((id) => typeof id === 'string') : [],
    Read: Read === true,
  }
}
