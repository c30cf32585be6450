import type { Hit, ScriptedDebugger } from './debugger.ts'
import { createQueue } from './queue.ts'

/** A debugger of Node that is attached over the Chrome DevTools Protocol. */
export interface CdpDebugger extends ScriptedDebugger {
  /** Sends a request of the protocol and returns its result. */
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly callFrames?: readonly CallFrame[]
    readonly scriptId?: string
    readonly url?: string
  }
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

interface CallFrame {
  readonly callFrameId: string
  readonly url: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number }
}

/**
 * Attaches to the inspector of a Node program, as Chrome does: finds its WebSocket in `/json/list`. A program that
 * waits for a debugger starts, and pauses before its first line if it was started like that.
 *
 * @param port port of 127.0.0.1.
 */
export const attachCdp = async (port: number): Promise<CdpDebugger> => {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[]
  if (target === undefined) throw new Error(`no program to debug at port ${port}`)
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  const answers = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>()
  const hits = createQueue<Hit>()
  const urls = new Map<string, string>()
  const state: { lastId: number; frame?: string } = { lastId: 0 }

  const onMessage = ({ id, method, params = {}, result = {}, error }: Message): void => {
    if (id !== undefined) {
      if (error === undefined) answers.get(id)?.resolve(result)
      else answers.get(id)?.reject(new Error(error.message))
      answers.delete(id)
    }
    if (method === 'Debugger.scriptParsed') urls.set(params.scriptId ?? '', params.url ?? '')
    if (method !== 'Debugger.paused') return
    const frame = params.callFrames?.[0]
    if (frame === undefined) return
    state.frame = frame.callFrameId
    const url = frame.url || (urls.get(frame.location.scriptId) ?? '')
    hits.push({ file: url.replace(/^file:\/\//, ''), line: frame.location.lineNumber + 1 })
  }
  const onEnd = (): void => {
    const error = new Error(`the connection to the inspector at port ${port} has ended`)
    for (const answer of answers.values()) answer.reject(error)
    answers.clear()
    hits.end(error)
  }
  socket.addEventListener('message', ({ data }) => onMessage(JSON.parse(String(data)) as Message))
  socket.addEventListener('close', onEnd)
  const opened = Promise.withResolvers<void>()
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('error', () => opened.reject(new Error(`no WebSocket at port ${port}`)))
  await opened.promise

  const send: CdpDebugger['send'] = (method, params = {}) => {
    state.lastId += 1
    const answer = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    answers.set(state.lastId, answer)
    socket.send(JSON.stringify({ id: state.lastId, method, params }))
    return answer.promise
  }
  await send('Runtime.enable')
  await send('Debugger.enable')
  await send('Runtime.runIfWaitingForDebugger')

  return {
    send,
    async breakAt(file, line) {
      const urlRegex = `^(file://)?${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
      await send('Debugger.setBreakpointByUrl', { urlRegex, lineNumber: line - 1 })
    },
    hit: () => hits.next(),
    async evaluate(expression) {
      const { result } = await send('Debugger.evaluateOnCallFrame', {
        callFrameId: state.frame,
        expression,
      })
      const { value, description } = result as { value?: unknown; description?: string }
      return value === undefined ? (description ?? 'undefined') : String(value)
    },
    async resume() {
      await send('Debugger.resume')
    },
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return
      const closed = Promise.withResolvers<void>()
      socket.addEventListener('close', () => closed.resolve())
      socket.close()
      await closed.promise
    },
  }
}
