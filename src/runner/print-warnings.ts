import type { Caller } from '../client/session/caller.ts'
import { toMesocosmError } from '../errors/unknown-error.ts'

/** Where lines are printed. */
export interface LineOutput {
  write(text: string): unknown
}

/**
 * Prints what the engine warns of in this run, such as a limit without effect; in one of the processes that call this,
 * once per service and warning.
 */
export const createWarningPrinter = (output: LineOutput) => {
  const heard = new WeakSet<Caller>()
  return async (caller: Caller): Promise<void> => {
    if (heard.has(caller)) return
    heard.add(caller)
    caller.on('warning', ({ service, line }) => print(output, `${service}: ${line}`))
    try {
      await caller.call(
        'watchWarnings',
        {},
        { timeoutMs: answerMs, what: 'the warnings of the run' },
      )
    } catch (error) {
      const { code, summary } = toMesocosmError(error)
      // Tests find that out by themselves.
      if (code !== 'SUPERVISOR_GONE') print(output, `warnings are not printed: ${summary}`)
    }
  }
}

// ---

const answerMs = 60_000

const print = (output: LineOutput, text: string) => output.write(`mesocosm: ${text}\n`)
