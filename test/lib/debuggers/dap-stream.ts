import { once } from 'node:events'
import { connect } from 'node:net'
import { createQueue } from './queue.ts'

/** A message of the Debug Adapter Protocol. */
export interface DapMessage {
  readonly type: 'request' | 'response' | 'event'
  readonly seq: number
  readonly request_seq?: number
  readonly command?: string
  readonly event?: string
  readonly success?: boolean
  readonly message?: string
  readonly body?: Readonly<Record<string, unknown>>
}

/** Requests, their responses and events of the Debug Adapter Protocol over a connection. */
export interface DapStream extends AsyncDisposable {
  /** Sends a request and returns the body of its response; rejects if it failed. */
  request(command: string, args?: object): Promise<Readonly<Record<string, unknown>>>
  /** Returns the body of the next event of this name; waits for it. */
  event(name: string): Promise<Readonly<Record<string, unknown>>>
}

/** Connects to a debug adapter at a port of 127.0.0.1. */
export const openDapStream = async (port: number): Promise<DapStream> => {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  const answers = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>()
  const events = new Map<
    string,
    ReturnType<typeof createQueue<Readonly<Record<string, unknown>>>>
  >()
  const state: { lastSeq: number; rest: Buffer; ended?: Error } = {
    lastSeq: 0,
    rest: Buffer.alloc(0),
  }
  const queueOf = (name: string) => {
    const queue = events.get(name) ?? createQueue<Readonly<Record<string, unknown>>>()
    events.set(name, queue)
    if (state.ended !== undefined) queue.end(state.ended)
    return queue
  }

  const onMessage = (message: DapMessage): void => {
    if (message.type === 'event') queueOf(message.event ?? '').push(message.body ?? {})
    if (message.type !== 'response') return
    const answer = answers.get(message.request_seq ?? -1)
    if (message.success === true) answer?.resolve(message.body ?? {})
    else answer?.reject(new Error(`${message.command} failed: ${JSON.stringify(message)}`))
  }
  socket.on('data', (bytes: Buffer) => {
    state.rest = Buffer.concat([state.rest, bytes])
    for (;;) {
      const headEnd = state.rest.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = state.rest.subarray(0, headEnd).toString('latin1')
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1])
      if (state.rest.length < headEnd + 4 + length) return
      const body = state.rest.subarray(headEnd + 4, headEnd + 4 + length)
      state.rest = state.rest.subarray(headEnd + 4 + length)
      onMessage(JSON.parse(body.toString()) as DapMessage)
    }
  })
  // Its `close` follows, which rejects all that wait.
  socket.on('error', () => undefined)
  socket.once('close', () => {
    state.ended = new Error(`the connection to the debug adapter at port ${port} has ended`)
    for (const answer of answers.values()) answer.reject(state.ended)
    for (const queue of events.values()) queue.end(state.ended)
  })

  return {
    request(command, args = {}) {
      if (state.ended !== undefined) return Promise.reject(state.ended)
      state.lastSeq += 1
      const answer = Promise.withResolvers<Readonly<Record<string, unknown>>>()
      answers.set(state.lastSeq, answer)
      const message = { seq: state.lastSeq, type: 'request', command, arguments: args }
      const body = Buffer.from(JSON.stringify(message))
      socket.write(`Content-Length: ${body.length}\r\n\r\n`)
      socket.write(body)
      return answer.promise
    },
    event: (name) => queueOf(name).next(),
    async [Symbol.asyncDispose]() {
      if (socket.closed) return
      socket.destroy()
      await once(socket, 'close')
    },
  }
}
