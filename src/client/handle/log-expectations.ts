import type { LogExpectations } from '../../define/handle.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { asymmetricWords, isAsymmetric } from '../../model/asymmetric-matcher.ts'
import { textMatcher } from '../../model/text-matcher.ts'
import type { PlainLogs } from './service-logs.ts'

/** Returns what `expect` can wait for in the output of a service. */
export const logExpectations = (service: string, logs: PlainLogs): LogExpectations => ({
  toContainLine(pattern, options) {
    const { matches, words } = lineMatcher(service, pattern)
    return {
      awaited: `a line of ${service} matching ${words}`,
      receiver: `${service}.logs`,
      options,
      wait: (limits) => logs.waitForText(matches, words, limits),
      present: () => logs.lines().filter(({ gap, text }) => !gap && matches(text)),
      lineOf: ({ text }) => text,
    }
  },
})

// ---

const lineMatcher = (service: string, pattern: unknown) => {
  if (isAsymmetric(pattern))
    return {
      matches: (text: string) => pattern.asymmetricMatch(text),
      words: asymmetricWords(pattern),
    }
  if (typeof pattern === 'string' || pattern instanceof RegExp)
    return { matches: textMatcher(pattern), words: String(pattern) }
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `expect(${service}.logs).toContainLine cannot match a line by ${String(pattern)}`,
    remedy: 'pass a string, a regular expression, or expect.stringMatching(…)',
    facts: { service },
  })
}
