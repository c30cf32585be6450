import { isMesocosmError, MesocosmError, type WaitOptions } from 'mesocosm'
import {
  expectations,
  isError,
  limitSignal,
  pollArrivals,
  scoped,
  withTimeout,
} from 'mesocosm/plugin'
import type { StubModel } from '../model.ts'
import type { StubRequest } from '../operations.ts'
import type { WireRequest } from '../wire.ts'
import { checkFailure } from './check-failure.ts'
import { openHandler } from './handler.ts'
import { type AnyMatch, matcherOf } from './match.ts'
import { requestLine, requestOf } from './request.ts'
import { createRequests, type StubEndpoint } from './requests.ts'
import { findRoute } from './route.ts'
import type { StubClient, StubEventOptions, StubExpectations, StubFailure } from './types.ts'

/** What the methods of a handle are made of. */
export interface StubClientOptions {
  readonly endpoint: StubEndpoint
  readonly model: StubModel
  /** Requests that the document does not allow fail the test. */
  readonly strict: boolean
  /** Registers what must end before the service is stopped or the lane is reset. */
  onRelease(release: () => Promise<void>): void
}

/** Makes the methods of a handle. */
export const createStubClient = (options: StubClientOptions): StubClient => {
  const { endpoint, model, strict } = options
  const { service } = endpoint
  const requests = createRequests(endpoint)
  const route = (name: string) => findRoute(name, model, service)
  const failures: MesocosmError[] = []
  /** Requests with faults that were reported, so that a release reports only others. */
  const reported = new Set<number>()
  let armed = false

  /** Throws what a handler has done wrong, in the call or at the disposal that comes next. */
  const raise = () => {
    const [first] = failures.splice(0)
    if (first !== undefined) throw first
  }

  const refuseFaults = (all: readonly StubRequest[]) => {
    const wrong = all.filter(({ faults }) => faults.length > 0)
    if (!strict || wrong.length === 0) return
    for (const { id } of wrong) reported.add(id)
    throw invalid(service, wrong)
  }

  const fetchAll = async (signal: AbortSignal): Promise<readonly StubRequest[]> =>
    (await requests.ask<readonly WireRequest[]>('GET', '/requests', signal)).map(requestOf)

  const look = async (signal: AbortSignal): Promise<readonly StubRequest[]> => {
    const all = await fetchAll(signal)
    raise()
    refuseFaults(all)
    return all
  }

  /** Checks at the next release what no call has reported. */
  const arm = () => {
    if (!strict || armed) return
    armed = true
    options.onRelease(async () => {
      armed = false
      const all = await fetchAll(limitSignal(releaseMs)).catch((error: unknown) => {
        // A service that does not answer any more has nothing to report.
        if (isMesocosmError(error) || isLimit(error)) return []
        throw error
      })
      const others = all.filter(({ id }) => !reported.has(id))
      reported.clear()
      refuseFaults(others)
    })
  }

  const call = <T>(
    what: string,
    wait: WaitOptions | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    arm()
    return withTimeout(`${what} of ${service}`, wait, work)
  }

  const handle = scoped<
    { readonly name: string; readonly handler: (request: StubRequest) => unknown },
    WaitOptions
  >(async ({ name, handler }, wait) => {
    const opened = await call('adding a handler', wait, (signal) => {
      const onFailure = (error: MesocosmError) => void failures.push(error)
      return openHandler({ service, route: route(name), requests, handler, onFailure }, signal)
    })
    const close = async () => {
      await opened.close()
      raise()
    }
    options.onRelease(close)
    return close
  })

  const fail = scoped<{ readonly name: string; readonly failure: StubFailure }, WaitOptions>(
    async ({ name, failure }, wait) => {
      checkFailure(failure, service)
      const body = name === '*' ? failure : { ...failure, route: route(name) }
      const { id } = await call('adding a failure', wait, (signal) =>
        requests.ask<{ readonly id: number }>('POST', '/failures', signal, body),
      )
      return () =>
        call('removing a failure', undefined, (signal) =>
          requests.ask<void>('DELETE', `/failures/${id}`, signal),
        )
    },
  )

  const received = async (match?: AnyMatch, wait?: WaitOptions) => {
    const { matches } = matcherOf(match, route)
    return (await call('reading the requests', wait, look)).filter(matches)
  }

  const waitForRequest = (match: AnyMatch, wait?: WaitOptions) => {
    arm()
    const { matches, words } = matcherOf(match, route)
    return pollArrivals<StubRequest>(
      {
        awaited: `${words} to ${service}`,
        noun: 'request',
        remedy: `check that the service under test uses the output url of ${service}, and its log`,
        look,
        matches,
        isAway: (error) => isMesocosmError(error) && error.code === 'SERVICE_CLIENT_FAILED',
        async follow(onNews, signal) {
          const { lines } = await requests.open('GET', '/news', signal)
          onNews()
          for await (const _ of lines) onNews()
        },
        lineOf: requestLine,
        facts: () => ({ service }),
      },
      wait,
    )
  }

  const toHaveReceived: StubExpectations['toHaveReceived'] = (match, wait) => {
    const { words } = matcherOf(match, route)
    return {
      awaited: `${words} to ${service}`,
      options: wait,
      wait: (limits) => waitForRequest(match, limits),
      present: (limits) => received(match, limits),
      lineOf: requestLine,
    }
  }

  const client = {
    on: (name: string, handler: (request: StubRequest) => unknown, ...rest: []) =>
      handle({ name, handler }, ...rest),
    fail: (name: string, failure: StubFailure, ...rest: []) => fail({ name, failure }, ...rest),
    received,
    waitForRequest,
    violations: async (wait?: WaitOptions) =>
      (await call('reading the requests', wait, fetchAll)).filter(({ faults }) => {
        return faults.length > 0
      }),
    send: (name: string, { to, body, headers, ...wait }: StubEventOptions) =>
      call(`sending ${name}`, wait, (signal) =>
        requests.ask('POST', '/events', signal, { name, to, body, headers }),
      ),
    clear: (wait?: WaitOptions) =>
      call('clearing the requests', wait, async (signal) => {
        await requests.ask<void>('POST', '', signal)
        reported.clear()
      }),
    [expectations]: { toHaveReceived } satisfies StubExpectations,
  }
  // The overloads are those of the interface; `scoped` distinguishes the forms.
  return client as unknown as StubClient
}

// ---

/** Milliseconds that the last look at a lane may take. */
const releaseMs = 5_000

const isLimit = (error: unknown): boolean => isError(error, 'TimeoutError')

const invalid = (service: string, wrong: readonly StubRequest[]): MesocosmError =>
  new MesocosmError({
    code: 'STUB_REQUEST_INVALID',
    message: `${service} received ${wrong.length === 1 ? 'a request' : `${wrong.length} requests`} that its document does not allow`,
    details: wrong.map(requestLine),
    remedy: 'correct the service that sends them, or its document',
    facts: { service, requests: wrong.length },
  })
