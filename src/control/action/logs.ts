import type { Call } from '../../call/call.ts'
import { limitSignal } from '../../call/limit-signal.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { LogSource } from '../log-source.ts'
import { createMatcher } from '../match-lines.ts'
import { type Route, route } from '../route.ts'
import {
  type LineAnswer,
  type LogWaitBody,
  lineAnswer,
  logsQuery,
  logWaitBody,
} from '../schema/logs.ts'
import { nameIn } from './services.ts'

const defaultWaitMs = 10_000
const shownLines = 20

/** Routes that read the log of a service. */
export const logRoutes: readonly Route[] = [
  route({
    id: 'readLogs',
    method: 'GET',
    path: '/v1/services/{name}/logs',
    summary: 'Returns what the service has written, one JSON object per line.',
    query: logsQuery,
    success: { status: 200, schema: lineAnswer, as: 'lines' },
    handle: async ({ session, params, query: { since, follow }, signal }) => {
      const source = session.logs(nameIn(params), since)
      const isFollowed = follow === '1' || follow === 'true'
      return { status: 200, lines: isFollowed ? followed(source, signal) : written(source) }
    },
  }),
  route({
    id: 'waitForLog',
    method: 'POST',
    path: '/v1/services/{name}/logs/wait',
    summary: 'Answers with the first line that matches, also one that is already written.',
    body: logWaitBody,
    success: { status: 200, schema: lineAnswer },
    handle: async ({ session, params, body, signal }) => {
      const service = nameIn(params)
      const { timeoutMs = defaultWaitMs, since, ...rest } = body
      const source = session.logs(service, since)
      const line = await session.act(
        { method: 'logs.waitFor', service, args: [rest], what: `waiting for a line of ${service}` },
        signal,
        (call) => waitFor(source, service, { ...body, timeoutMs }, call),
      )
      return { status: 200, json: line }
    },
  }),
]

// ---

async function* written(source: LogSource): AsyncGenerator<LineAnswer, void> {
  for (;;) {
    const { lines, open, isLast } = source.next()
    yield* lines
    if (!isLast) continue
    yield* open
    return
  }
}

async function* followed(source: LogSource, signal: AbortSignal): AsyncGenerator<LineAnswer, void> {
  for await (const { lines } of source.follow(signal)) yield* lines
}

const waitFor = async (
  source: LogSource,
  service: string,
  body: LogWaitBody & { readonly timeoutMs: number },
  call: Call,
): Promise<LineAnswer> => {
  const matching = createMatcher(body)
  const over = AbortSignal.any([call.signal, limitSignal(body.timeoutMs)])
  const last: string[] = []
  let seen = 0
  for await (const { lines, open } of source.follow(over)) {
    const all = [...lines, ...open].filter(({ gap }) => !gap)
    const found = all[matching(all.map(({ text }) => text))]
    if (found !== undefined) return found
    seen += lines.length
    last.push(...lines.slice(-shownLines).map(({ text }) => text))
    last.splice(0, last.length - shownLines)
  }
  call.assertOpen({ lastLogs: last })
  const { text, pattern, timeoutMs } = body
  const wanted = text === undefined ? `/${pattern}/` : JSON.stringify(text)
  throw new MesocosmError({
    code: 'LOG_TIMEOUT',
    message: `${service} wrote no line matching ${wanted} within ${timeoutMs} ms; ${seen} other lines came`,
    remedy: 'check the pattern against the lines above, or pass `since`',
    facts: { service, pattern: wanted, lines: seen },
    lastLogs: last,
  })
}
