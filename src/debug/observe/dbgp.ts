import { headOf, type Parser } from './byte-reader.ts'
import type { DebugProtocol } from './protocol.ts'

/**
 * DBGp, as Xdebug speaks it. A program that has connected waits until the IDE lets it run, so it counts as paused from
 * the start: the IDE may ask its user about it.
 *
 * @see https://xdebug.org/docs/dbgp
 */
export const dbgp: DebugProtocol = (pauses) => ({
  *toProgram(): Parser {
    for (;;) {
      const command = (yield { until: '\0', limit: 2 ** 20 }).subarray(0, 32).toString('latin1')
      if (/^(run|step_into|step_over|step_out|stop|detach)( |$)/.test(command)) pauses.resume()
    }
  },
  *toIde(): Parser {
    for (;;) {
      const digits = (yield { until: '\0', limit: 12 }).toString('latin1')
      if (!/^\d+$/.test(digits)) return
      const head: Buffer = yield* headOf(Number(digits), 2_048)
      const tag = /<(init|response)\s[^>]*>/.exec(head.toString('latin1'))
      const [whole = '', name] = tag ?? []
      if (name === 'init' || (isAnswerToRun(whole) && / status="break"/.test(whole))) pauses.pause()
      const [end] = yield { take: 1 }
      if (end !== 0) return
    }
  },
})

// ---

const isAnswerToRun = (tag: string): boolean => / command="(run|step_\w+)"/.test(tag)
