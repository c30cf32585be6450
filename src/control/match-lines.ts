import { createContext, Script } from 'node:vm'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { LogWaitBody } from './schema/logs.ts'

/** Milliseconds that one search may block the supervisor. */
const searchMs = 250

/** Returns the index of the first text that matches, or -1. */
export type Matcher = (texts: readonly string[]) => number

/**
 * Returns a search for the text or the pattern of a wait. A pattern can take for ever on the wrong line, and the
 * supervisor serves others meanwhile: such a search is stopped, and throws `ARGUMENT_INVALID`.
 */
export const createMatcher = ({ text, pattern, flags }: LogWaitBody): Matcher => {
  if (text !== undefined) return (texts) => texts.findIndex((it) => it.includes(text))
  const context = createContext({
    regex: new RegExp(pattern ?? '', flags),
    texts: [] as readonly string[],
  })
  return (texts) => {
    if (texts.length === 0) return -1
    context.texts = texts
    try {
      return search.runInContext(context, { timeout: searchMs }) as number
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      throw tooSlow(pattern ?? '')
    }
  }
}

// ---

const search = new Script('texts.findIndex((text) => regex.test(text))')

const tooSlow = (pattern: string) =>
  new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `the pattern /${pattern}/ took longer than ${searchMs} ms on lines of the log`,
    remedy: 'use a pattern without nested repetitions, or a text',
    facts: { pattern },
  })
