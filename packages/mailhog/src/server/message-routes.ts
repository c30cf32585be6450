import type { ApiSources } from '../mailpit-api.ts'
import { type Answer, json, notFound, type Request, type Route, route, text } from './answer.ts'
import { list, readBody, text as string } from './json-body.ts'
import type { Mailbox, StoredMail } from './mailbox.ts'
import { htmlOf, inertHeaders } from './rendered.ts'
import { searchMails } from './search.ts'
import { blankImage, isImage } from './thumbnail.ts'
import { attachmentOf, bytesOf, headersOf, headOf, messageOf, textOf } from './views.ts'

/** Returns the routes of one mail, which is given by its id, or is `latest`: the newest one, of those that match `query`. */
export const messageRoutes = (mailbox: Mailbox): readonly Route[] => {
  const find = (id: string, { query }: Request): StoredMail | undefined => {
    if (id !== 'latest') return mailbox.get(id)
    const given = query.get('query')?.trim() ?? ''
    const mails = mailbox.newestFirst()
    return (given === '' ? mails : searchMails(mails, given, zoneOf(query)))[0]
  }
  const about = (
    method: string,
    path: string,
    answer: (mail: StoredMail, request: Request, argument: string) => Answer,
  ): Route =>
    route(method, new RegExp(`^${path}$`), (request, [id = '', argument = '']) => {
      const mail = find(id, request)
      return mail === undefined ? notFound('Message not found') : answer(mail, request, argument)
    })
  const message = '/api/v1/message/([^/]+)'
  return [
    about('GET', message, (mail) => {
      mailbox.setRead(mail, true)
      return json(messageOf(mail))
    }),
    about('GET', `${message}/headers`, (mail) => json(headersOf(mail))),
    about('GET', `${message}/raw`, (mail, { query }) => ({
      ...text(''),
      body: mail.raw,
      ...(query.get('dl') === '1' ? { headers: asFile(`${mail.id}.eml`, 'attachment') } : {}),
    })),
    about('GET', `${message}/part/([^/]+)`, (mail, _, part) => {
      const attachment = attachmentOf(mail, part)
      if (attachment === undefined) return notFound()
      const name = attachment.filename || (attachment.contentId ?? '').replace(/^<|>$/g, '')
      return {
        status: 200,
        type: headerValue(attachment.mimeType),
        body: bytesOf(attachment),
        headers: { ...inertHeaders, ...asFile(name, 'inline') },
      }
    }),
    about('GET', `${message}/part/([^/]+)/thumb`, (mail, _, part) => {
      const attachment = attachmentOf(mail, part)
      if (attachment === undefined) return notFound()
      // Browsers scale it.
      if (!isImage(attachment.mimeType)) return blankImage
      return { status: 200, type: attachment.mimeType, body: bytesOf(attachment) }
    }),
    route('POST', /^\/api\/v1\/sources$/, async (request) => {
      const { IDs = [] } = readBody(await request.json(), { IDs: list(string) })
      return json(sourcesOf(IDs.flatMap((id) => mailbox.get(id) ?? [])))
    }),
    ...Object.entries(unsupported).map(([path, { method, why }]) =>
      about(method, `${message}/${path}`, () => text(`${path} is not supported: ${why}`, 400)),
    ),
    route('GET', /^\/view\/latest$/, (request) => {
      const mail = find('latest', request)
      return {
        ...text('', 302),
        headers: { location: mail === undefined ? '/' : `/view/${mail.id}` },
      }
    }),
    about('GET', '/view/([^/]+)\\.html', (mail, { query }) => {
      const html = htmlOf(mail, query.get('embed') === '1')
      if (html === undefined) return notFound('This message does not contain a HTML part')
      mailbox.setRead(mail, true)
      return { status: 200, type: 'text/html; charset=utf-8', body: html, headers: inertHeaders }
    }),
    about('GET', '/view/([^/]+)\\.txt', (mail) => {
      mailbox.setRead(mail, true)
      return text(textOf(mail))
    }),
  ]
}

/** Returns the zone of the dates of a query. */
export const zoneOf = (query: URLSearchParams): string | undefined => query.get('tz') || undefined

// ---

/** What Mailpit can do about a mail and this server cannot. */
const unsupported = {
  release: { method: 'POST', why: 'this server sends no mail' },
  'html-check': { method: 'GET', why: 'this server has no data about mail programs' },
  'link-check': { method: 'GET', why: 'this server requests no URLs of a mail' },
  'sa-check': { method: 'GET', why: 'this server has no SpamAssassin' },
} as const

/** Bytes of mail in one response; a larger mail is sent alone. */
const mostSources = 8 * 1024 * 1024

const sourcesOf = (mails: readonly StoredMail[]): ApiSources => {
  let bytes = 0
  const fitting = mails.filter(({ raw }, index) => {
    bytes += raw.length
    return index === 0 || bytes <= mostSources
  })
  return {
    Sources: fitting.map((mail) => ({
      ID: mail.id,
      Raw: mail.raw.toString('base64'),
      Bcc: headOf(mail).Bcc,
    })),
    Left: mails.filter((mail) => !fitting.includes(mail)).map(({ id }) => id),
  }
}

/** Mail has any content type, Node refuses to send some as a header. */
const headerValue = (type: string): string =>
  /^[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream'

const asFile = (name: string, disposition: 'attachment' | 'inline') => ({
  // Percent encoding leaves only characters that are allowed within quotes.
  'content-disposition': `${disposition}; filename="${encodeURIComponent(name.toWellFormed())}"`,
})
