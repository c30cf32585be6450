import { startNode } from '../../../test/lib/child.ts'

/** Playwright's server for its UI mode and for editors. */
export interface TestServer extends AsyncDisposable {
  /** Runs all tests, and returns the status of each. */
  runTests(): Promise<string[]>
}

/** Starts the server of a project and connects to it. */
export const openTestServer = async (
  cli: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<TestServer> => {
  const child = startNode([cli, 'test-server'], { cwd, env })
  const line = await child.wrote(/ws:\/\//)
  const socket = new WebSocket(/ws:\/\/\S+/.exec(line)?.[0] ?? '')
  const waiting = new Map<number, (answer: Answer) => void>()
  let ended: string[] = []
  let lastId = 0
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Answer
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    const { method, params } = message.params ?? {}
    if (message.method === 'report' && method === 'onTestEnd')
      ended.push(params?.result?.status ?? 'none')
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const call = (method: string, params: object = {}) =>
    new Promise<void>((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, ({ error }) =>
        error === undefined ? resolve() : reject(new Error(`${method}: ${JSON.stringify(error)}`)),
      )
      socket.send(JSON.stringify({ id, method, params }))
    })
  await call('initialize', { interceptStdio: false, closeOnDisconnect: true })
  return {
    async runTests() {
      ended = []
      await call('runTests', { locations: [] })
      return ended
    },
    async [Symbol.asyncDispose]() {
      socket.close()
      await child[Symbol.asyncDispose]()
    },
  }
}

// ---

interface Answer {
  readonly id?: number
  readonly error?: unknown
  readonly method?: string
  readonly params?: {
    readonly method?: string
    readonly params?: { readonly result?: { readonly status?: string } }
  }
}
