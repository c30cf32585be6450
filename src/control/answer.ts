import type { IncomingMessage, ServerResponse } from 'node:http'
import { waitClock } from '../call/wait-clock.ts'
import { toMesocosmError } from '../errors/unknown-error.ts'
import { checked, type Given } from './http/checked.ts'
import { RequestError } from './http/errors.ts'
import { assertAllowed, type Door } from './http/guard.ts'
import { readBody } from './http/read-body.ts'
import { failure, type Reply, send } from './http/respond.ts'
import { readTarget } from './http/target.ts'
import type { LaneSession } from './lane-session.ts'
import type { ControlLimits } from './limits.ts'
import { matchRoute } from './routes.ts'

/** What requests are answered with. */
export interface Answering {
  readonly session: LaneSession
  readonly door: Door
  readonly limits: ControlLimits
  /** Aborts when the lane's API ends. */
  readonly over: AbortSignal
}

/** Returns a listener that answers every request, and never throws. */
export const createAnswer = (answering: Answering) => {
  const { session, door, limits, over } = answering
  let running = 0
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) gone.abort()
    })
    // A client that leaves its answers unread must not have more of them made.
    running += 1
    response.once('close', () => {
      running -= 1
    })
    const signal = AbortSignal.any([gone.signal, over])
    try {
      assertAllowed(request, door)
      if (over.aborted) throw ended(session.lane.name)
      if (running > limits.requests) throw tooMany(limits.requests)
      await send(response, await reply(answering, request, response, signal), limits)
    } catch (error) {
      refuse(request, response, failure(toMesocosmError(error), session.redactor), limits)
    }
    dropUnread(response, limits.unreadMs)
  }
}

// ---

const reply = async (
  { session, limits }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Reply> => {
  const { segments, query } = readTarget(request.url ?? '')
  const { route, params } = matchRoute(request.method ?? '', segments)
  const body = await readBody(request, response, limits)
  const given: Given[] = [
    { name: 'query', schema: route.query, value: query },
    {
      name: 'body',
      schema: route.body,
      value: body === undefined && route.bodyOptional === true ? {} : body,
    },
  ]
  if (route.body === undefined && body !== undefined) throw unexpectedBody(route.method)
  const [checkedQuery, checkedBody] = checked(`${route.method} ${route.path}`, given)
  return route.handle({
    params,
    query: checkedQuery as never,
    body: checkedBody as never,
    session,
    signal,
  })
}

/** An answer that has begun cannot become an error: its connection is closed, which the client sees. */
const refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: Reply,
  limits: ControlLimits,
): void => {
  if (response.headersSent || response.destroyed) return void response.destroy()
  // Whatever of the body comes later must not be taken for a request.
  if (!request.complete) response.setHeader('connection', 'close')
  send(response, answer, limits).catch(() => response.destroy())
}

const dropUnread = (response: ServerResponse, unreadMs: number): void => {
  if (response.writableFinished || response.destroyed) return
  const late = waitClock.timer(unreadMs, () => response.destroy(), { unref: true })
  response.once('close', () => late[Symbol.dispose]())
}

const unexpectedBody = (method: string) =>
  new RequestError(400, {
    code: 'REQUEST_INVALID',
    message: `this ${method} takes no body`,
    remedy: 'leave the body out',
  })

const tooMany = (requests: number) =>
  new RequestError(
    429,
    {
      code: 'REQUEST_LIMIT',
      message: `more than ${requests} requests of this lane are under way`,
      remedy: 'wait for answers before the next request',
    },
    { 'retry-after': '1' },
  )

const ended = (lane: string) =>
  new RequestError(410, {
    code: 'LANE_RELEASED',
    message: `lane ${lane} was released`,
    remedy: 'lease the topology again',
    facts: { lane },
  })
