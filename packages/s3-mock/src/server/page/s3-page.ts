import type { IncomingMessage } from 'node:http'
import { askedBy, isThisMachine } from '../../../../../servers/page/asked-by.ts'
import type { PageFiles } from '../../../../../servers/page/page-files.ts'
import {
  createFiles,
  foreignHeaders,
  type PageAnswer,
  savedAs,
} from '../../../../../servers/page/serve-page.ts'
import type { Identity } from '../auth/authenticate.ts'
import { controlPrefix } from '../control.ts'
import { decode } from '../message/request.ts'

/** A request of S3 that the web page sends for the user, with the rights of an access key. */
export interface PageCall {
  readonly identity: Identity
  /** Path and query of the request of S3. */
  readonly url: string
  /** Headers that keep the response from doing anything in the browser. */
  readonly headers: Readonly<Record<string, string>>
}

/** Answers requests of the web page; `undefined` if a request is about something else. */
export interface S3Page {
  /** Returns a file of the page, or why there is none. */
  file(request: IncomingMessage): PageAnswer | undefined
  /** Returns the request of S3 that the page sends. Only the page gets one. */
  call(request: IncomingMessage): PageCall | undefined
}

/**
 * Makes the web page at `/_mesocosm/`. Its requests are not signed: the server trusts its own page, because a browser says
 * which page sends them. `keys` are the access keys whose buckets it shows.
 */
export const createS3Page = (files: PageFiles, keys: () => readonly string[]): S3Page => {
  const find = createFiles(files)
  return {
    file(request) {
      const { method, headers, url = '' } = request
      if (method !== 'GET' && method !== 'HEAD') return undefined
      const path = url.split('?')[0] ?? ''
      if (path === '/' && isNavigation(request))
        return { status: 302, headers: { location: controlPrefix, vary: 'accept' }, body: '' }
      const name = path === controlPrefix ? 'page/index.html' : path.slice(controlPrefix.length)
      if (!path.startsWith(controlPrefix) || !/^(?:page\/|accounts$)/.test(name)) return undefined
      if (!isThisMachine(headers.host ?? '')) return elsewhere
      if (name === 'accounts')
        return askedBy(headers) === 'page' ? json(keys()) : refused('only the page may ask this')
      return find(name.slice('page/'.length)) ?? { ...refused('not found\n'), status: 404 }
    },
    call({ headers, url = '' }) {
      const [, kind, account = '', rest = ''] = pattern.exec(url) ?? []
      if (kind === undefined || askedBy(headers) !== 'page') return undefined
      const accessKeyId = decode(account)
      if (!keys().includes(accessKeyId)) return undefined
      const key = decode(rest.split('?')[0] ?? '')
      return {
        identity: {
          kind: 'signed',
          accessKeyId,
          presigned: false,
          payload: 'UNSIGNED-PAYLOAD',
          seed: undefined,
        },
        url: rest,
        headers: {
          ...foreignHeaders,
          'cross-origin-resource-policy': 'same-origin',
          ...(kind === 'save' ? { 'content-disposition': savedAs(nameOf(key)) } : {}),
        },
      }
    },
  }
}

/**
 * Returns the headers that a browser gets with what it opens as a page. An object that is a page must not pass for the
 * server's own: it has an origin of its own, as in S3, where the console has another host.
 */
export const openedHeaders = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  /^(?:document|iframe|frame|embed|object)$/.test(String(headers['sec-fetch-dest'])) &&
  isThisMachine(headers.host ?? '')
    ? {
        'content-security-policy':
          'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads',
      }
    : {}

// ---

const pattern = /^\/_mesocosm\/(s3|save)\/([^/?]+)(\/.*)$/s

const isNavigation = ({ headers }: IncomingMessage): boolean =>
  headers.authorization === undefined &&
  isThisMachine(headers.host ?? '') &&
  /\btext\/html\b/.test(headers.accept ?? '')

const nameOf = (path: string): string => path.split('/').findLast((part) => part !== '') ?? 'object'

const refused = (body: string): PageAnswer => ({
  status: 403,
  headers: { ...foreignHeaders, 'content-type': 'text/plain; charset=utf-8' },
  body,
})

const elsewhere = refused(
  'The page is safe from other sites only on this machine: open it with localhost or 127.0.0.1.\n',
)

const json = (value: unknown): PageAnswer => ({
  status: 200,
  headers: {
    ...foreignHeaders,
    'content-type': 'application/json',
    'cross-origin-resource-policy': 'same-origin',
  },
  body: JSON.stringify(value),
})
