import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A client of TypeScript's own language server: JSON-RPC over standard streams, as in editors. */
export interface LanguageServer extends AsyncDisposable {
  /** Sends a request and returns its result. */
  request<R>(method: string, params?: unknown): Promise<R>
  /** Sends a notification. */
  notify(method: string, params?: unknown): void
}

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly params?: { readonly items?: readonly unknown[] }
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** Starts a language server for a folder. */
export const startLanguageServer = async (rootUri: string): Promise<LanguageServer> => {
  const compiler = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const child = spawn(process.execPath, [join(compiler, 'bin', 'tsc'), '--lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const open = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0

  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const receive = (message: Message): void => {
    // The server sends requests too (settings, registrations); any answer satisfies it.
    if (message.method !== undefined) {
      if (message.id === undefined) return
      send({ id: message.id, result: message.params?.items?.map(() => null) ?? null })
      return
    }
    const waiting = open.get(Number(message.id))
    open.delete(Number(message.id))
    if (message.error === undefined) waiting?.resolve(message.result)
    else waiting?.reject(new Error(message.error.message))
  }
  child.stdout.on('data', frames(receive))
  void ended.then(() => {
    for (const waiting of open.values()) waiting.reject(new Error('the language server exited'))
  })

  const server: LanguageServer = {
    request: <R>(method: string, params?: unknown) => {
      const waiting = Promise.withResolvers<unknown>()
      lastId += 1
      open.set(lastId, waiting)
      send({ id: lastId, method, params })
      return waiting.promise as Promise<R>
    },
    notify: (method, params) => send({ method, params }),
    [Symbol.asyncDispose]: async () => {
      await server.request('shutdown')
      server.notify('exit')
      child.stdin.end()
      await ended
    },
  }
  await server.request('initialize', {
    processId: process.pid,
    rootUri,
    capabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } },
  })
  server.notify('initialized', {})
  return server
}

/** Splits a byte stream into messages: `Content-Length: n`, an empty line, n bytes. */
const frames = (onMessage: (message: Message) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = rest.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: *(\d+)/i.exec(rest.toString('ascii', 0, head))?.[1])
      if (rest.length < head + 4 + length) return
      onMessage(JSON.parse(rest.toString('utf8', head + 4, head + 4 + length)) as Message)
      rest = rest.subarray(head + 4 + length)
    }
  }
}
