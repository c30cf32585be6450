import { type DapStream, openDapStream } from './dap-stream.ts'
import type { ScriptedDebugger } from './debugger.ts'

/** Arguments of the request to attach to a program that runs. */
const attachments = {
  debugpy: { name: 'test', type: 'python', request: 'attach', justMyCode: false },
  delve: { name: 'test', type: 'go', request: 'attach', mode: 'remote' },
} as const

interface Frame {
  readonly id: number
  readonly line: number
  readonly source?: { readonly path?: string }
}

/**
 * Attaches to a debug adapter over the Debug Adapter Protocol, as VS Code does. A program that waits for a debugger
 * starts.
 *
 * @param port port of 127.0.0.1.
 */
export const attachDap = async (
  adapter: keyof typeof attachments,
  port: number,
): Promise<ScriptedDebugger> => {
  const stream = await openDapStream(port)
  const files = new Map<string, number[]>()
  const state: { thread?: unknown; frame?: number } = {}
  try {
    await attach(stream, attachments[adapter])
  } catch (error) {
    await stream[Symbol.asyncDispose]()
    throw error
  }

  return {
    async breakAt(file, line) {
      const lines = [...(files.get(file) ?? []), line]
      files.set(file, lines)
      const { breakpoints } = await stream.request('setBreakpoints', {
        source: { path: file },
        breakpoints: lines.map((each) => ({ line: each })),
      })
      const refused = (breakpoints as { verified: boolean; message?: string }[]).find(
        ({ verified }) => !verified,
      )
      if (refused !== undefined) throw new Error(`no breakpoint: ${JSON.stringify(refused)}`)
    },
    async hit() {
      const { threadId } = await stream.event('stopped')
      state.thread = threadId
      const { stackFrames } = await stream.request('stackTrace', { threadId, levels: 1 })
      const [frame] = stackFrames as Frame[]
      if (frame === undefined) throw new Error('the program has paused without a frame')
      state.frame = frame.id
      return { file: frame.source?.path ?? '', line: frame.line }
    },
    async evaluate(expression) {
      const { result } = await stream.request('evaluate', {
        expression,
        frameId: state.frame,
        context: 'watch',
      })
      return String(result)
    },
    async resume() {
      await stream.request('continue', { threadId: state.thread })
    },
    async [Symbol.asyncDispose]() {
      try {
        // Delve keeps them, and would pause the program after this end has gone.
        for (const path of files.keys())
          await stream.request('setBreakpoints', { source: { path }, breakpoints: [] })
        await stream.request('disconnect', { terminateDebuggee: false })
      } catch {
        // The program has ended, or the adapter has before it answered.
      }
      await stream[Symbol.asyncDispose]()
    },
  }
}

// ---

const attach = async (stream: DapStream, args: { readonly type: string }): Promise<void> => {
  const initialized = stream.event('initialized')
  await stream.request('initialize', {
    adapterID: args.type,
    pathFormat: 'path',
    linesStartAt1: true,
    columnsStartAt1: true,
  })
  // Some adapters answer only after the configuration is done.
  const attached = stream.request('attach', args)
  attached.catch(() => undefined)
  await Promise.race([initialized, attached.then(() => initialized)])
  await stream.request('configurationDone')
  await attached
}
