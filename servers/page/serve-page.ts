import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { PageFiles } from './page-files.ts'

/** What a page's own routes answer. */
export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/**
 * Headers of a page. It runs only its own scripts, sends to its own origin alone, cannot be framed, and never makes HTML of
 * text: `innerHTML` throws.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types inert',
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
}

/**
 * Headers of what others wrote and the page's server returns, such as attachments. Opened by its address, it is a page without
 * scripts and without an origin.
 */
export const foreignHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  'x-content-type-options': 'nosniff',
}

/** Returns the file with this name; `undefined` if the page has none. `values` replace `{{name}}` in `index.html`. */
export type FindFile = (name: string) => PageAnswer | undefined

/** Returns a function that finds the files of a page. */
export const createFiles = (
  files: PageFiles,
  values: Readonly<Record<string, string>> = {},
): FindFile => {
  const found = new Map<string, PageAnswer>()
  for (const [name, { type, text }] of Object.entries(files)) {
    const body = Buffer.from(name === 'index.html' ? fill(text, values) : text)
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    found.set(name, {
      status: 200,
      headers: { ...pageHeaders, 'content-type': type, etag },
      body,
    })
  }
  return (name) => found.get(name)
}

/** Sends an answer: without its body to HEAD and to a browser that has it, compressed if the browser can read that. */
export const sendPage = (
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  answer: PageAnswer,
): void => {
  const { etag } = answer.headers
  if (etag !== undefined && headers['if-none-match'] === etag) {
    response.writeHead(304, answer.headers).end()
    return
  }
  const packed =
    etag !== undefined && /\bgzip\b/.test(String(headers['accept-encoding']))
      ? gzipSync(answer.body)
      : undefined
  const body = packed ?? answer.body
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(body),
    ...(packed === undefined ? {} : { 'content-encoding': 'gzip' }),
    ...(etag === undefined ? {} : { vary: 'accept-encoding' }),
  })
  response.end(method === 'HEAD' ? undefined : body)
}

/** Returns the header that makes browsers save a file under a name, whatever its type is. */
export const savedAs = (name: string): string => {
  const plain = name.replace(/[^\w.-]/g, '_') || 'file'
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** Returns text as it is written in HTML, also in attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

// ---

const fill = (html: string, values: Readonly<Record<string, string>>): string =>
  html.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''))
