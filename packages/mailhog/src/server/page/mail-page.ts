import type { IncomingMessage } from 'node:http'
import type { PageFiles } from '../../../../../servers/page/page-files.ts'
import {
  createFiles,
  foreignHeaders,
  type PageAnswer,
  savedAs,
} from '../../../../../servers/page/serve-page.ts'
import type { Target } from '../../../../../servers/target.ts'
import type { Mailbox, StoredMail } from '../mailbox.ts'
import { attachmentOf, bytesOf } from '../views.ts'
import { framedHtml, htmlHeaders } from './mail-html.ts'

/** Answers a request for the web page; `undefined` if it is about something else. */
export type MailPage = (request: IncomingMessage, target: Target) => PageAnswer | undefined

/**
 * Returns what answers `/`, `/view/<id>` and the paths below `/page/`.
 *
 * @param smtp where mail is sent to, which the page shows while it is empty.
 */
export const createMailPage = (files: PageFiles, mailbox: Mailbox, smtp: string): MailPage => {
  const file = createFiles(files, { smtp })
  return ({ method }, { path, query }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined
    if (path === '/' || /^\/view\/(?!latest$)[^/.]+$/.test(path)) return file('index.html')
    const [, kind, id, part = ''] = /^\/page\/(html|eml|part)\/(\w+)(?:\/(\w+))?$/.exec(path) ?? []
    if (kind !== undefined) {
      const mail = mailbox.get(id ?? '')
      return mail === undefined ? notFound : contentOf(mail, kind, part, query)
    }
    return path.startsWith('/page/') ? (file(path.slice('/page/'.length)) ?? notFound) : undefined
  }
}

// ---

const contentOf = (
  mail: StoredMail,
  kind: string,
  part: string,
  query: URLSearchParams,
): PageAnswer => {
  if (kind === 'html')
    return {
      status: 200,
      headers: htmlHeaders(query.get('images') === 'yes'),
      body: framedHtml(mail),
    }
  const saved = (name: string, type: string, body: Buffer): PageAnswer => ({
    status: 200,
    headers: { ...foreignHeaders, 'content-type': type, 'content-disposition': savedAs(name) },
    body,
  })
  if (kind === 'eml') return saved(`${mail.id}.eml`, 'message/rfc822', mail.raw)
  const attachment = attachmentOf(mail, part)
  if (attachment === undefined) return notFound
  const name = attachment.filename ?? `part-${part}`
  return saved(name, 'application/octet-stream', bytesOf(attachment))
}

const notFound: PageAnswer = {
  status: 404,
  headers: { ...foreignHeaders, 'content-type': 'text/plain; charset=utf-8' },
  body: 'not found\n',
}
