import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { assertRecord } from '../../trace/load-trace.ts'
import { changesType, type FileCursor } from '../live/protocol.ts'
import { readBlob } from '../write/choose-blobs.ts'
import type { LogOwner } from '../write/log-scan.ts'
import { pageTemplate, place, policyOf } from '../write/page-template.ts'
import { newEvents, newLogs, sizeOfRecord } from './new-lines.ts'

/** How a report is served. */
export interface ServeReportOptions {
  /** Stops the server. */
  readonly signal?: AbortSignal
  /** Port of 127.0.0.1; default a free one. */
  readonly port?: number
  /** Milliseconds between two looks at the record while a page follows it; default 300. */
  readonly everyMs?: number
}

/** A report that is served. */
export interface ServedReport extends AsyncDisposable {
  /** Address of the page; who knows it can read the record, so that it is a secret of this user. */
  readonly url: string
}

/**
 * Serves the report of a run on this machine, also of one that goes on: the page follows it.
 *
 * @param runFolder `.mesocosm/runs/<id>`; not `.mesocosm/latest`, which is another run later.
 * @throws {MesocosmError} `TRACE_NOT_FOUND` if the folder is not the record of a run.
 */
export const serveReport = async (
  runFolder: string,
  { signal, port = 0, everyMs = 300 }: ServeReportOptions = {},
): Promise<ServedReport> => {
  assertRecord(runFolder)
  const token = randomBytes(24).toString('base64url')
  const owners = new Map<string, LogOwner>()
  const changes = watchRecord(runFolder, everyMs)
  const server = createServer((request, response) => {
    const path = pathBelow(request, token)
    if (path === undefined) return refuse(response, 404)
    answer(request, response, path).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500)
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    if (request.method === 'GET' && path === '') return send(response, 'text/html', livePage())
    if (request.method === 'GET' && path === 'changes') return changes.follow(response)
    if (request.method === 'GET' && /^blob\/[\da-f]{64}$/.test(path)) {
      const content = readBlob([join(runFolder, 'blob')], path.slice(5))
      if (content === undefined) return refuse(response, 404)
      return send(response, 'application/octet-stream', content)
    }
    if (request.method !== 'POST') return refuse(response, 404)
    const cursor = await readCursor(request)
    if (cursor === undefined) return refuse(response, 400)
    if (path === 'events') return sendJson(response, newEvents(runFolder, cursor))
    if (path === 'logs') return sendJson(response, newLogs(runFolder, cursor, owners))
    refuse(response, 404)
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as AddressInfo
  const close = async () => {
    changes[Symbol.dispose]()
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  if (signal?.aborted) await close()
  else signal?.addEventListener('abort', () => void close(), { once: true })
  return { url: `http://127.0.0.1:${own}/${token}/`, [Symbol.asyncDispose]: close }
}

// ---

/** Largest request: a position in each of ten thousand files. */
const requestBytes = 2 * 1024 * 1024

/** How often a connection without changes shows that it lives. */
const aliveMs = 15_000

/** Returns the path after the token; `undefined` for requests that do not know it, or come by another name. */
const pathBelow = ({ url = '', headers }: IncomingMessage, token: string): string | undefined => {
  // A page of another site may have its name point here.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) return undefined
  const [path = ''] = url.split('?')
  return path.startsWith(`/${token}/`) ? path.slice(token.length + 2) : undefined
}

const headers = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const send = (response: ServerResponse, type: string, body: string | Buffer): void => {
  response.writeHead(200, { ...headers, 'content-type': `${type}; charset=utf-8` }).end(body)
}

const sendJson = (response: ServerResponse, value: unknown): void =>
  send(response, 'application/json', JSON.stringify(value))

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status, headers).end()
}

const livePage = (): string => {
  const template = pageTemplate('live.html')
  return template
    .replace(place.policy, () => policyOf(template, 'server'))
    .replace(place.index, '')
    .replace(place.chunks, '')
}

const readCursor = async (request: IncomingMessage): Promise<FileCursor | undefined> => {
  const blocks: Buffer[] = []
  let size = 0
  for await (const block of request as AsyncIterable<Buffer>) {
    size += block.length
    if (size > requestBytes) return undefined
    blocks.push(block)
  }
  try {
    const cursor: unknown = JSON.parse(Buffer.concat(blocks).toString())
    return typeof cursor === 'object' && cursor !== null ? (cursor as FileCursor) : undefined
  } catch {
    return undefined
  }
}

interface Changes extends Disposable {
  /** Sends a line for each change until the page closes the connection. */
  follow(response: ServerResponse): void
}

/** Looks at the sizes of the files while a page follows them: notices of file systems differ between systems. */
const watchRecord = (runFolder: string, everyMs: number): Changes => {
  const pages = new Set<ServerResponse>()
  let size = 0
  let timer: NodeJS.Timeout | undefined
  let aliveAt = 0
  const look = () => {
    const now = sizeOfRecord(runFolder)
    const alive = performance.now() - aliveAt > aliveMs
    if (now === size && !alive) return
    for (const page of pages) page.write(now === size ? ': alive\n\n' : `data: ${now}\n\n`)
    size = now
    aliveAt = performance.now()
  }
  return {
    follow(response) {
      response.writeHead(200, { ...headers, 'content-type': changesType })
      // What has changed while it connected.
      response.write('data: begin\n\n')
      pages.add(response)
      if (timer === undefined) {
        size = sizeOfRecord(runFolder)
        timer = setInterval(look, everyMs)
      }
      response.once('close', () => {
        pages.delete(response)
        if (pages.size > 0) return
        clearInterval(timer)
        timer = undefined
      })
    },
    [Symbol.dispose]() {
      clearInterval(timer)
      for (const page of pages) page.end()
    },
  }
}
