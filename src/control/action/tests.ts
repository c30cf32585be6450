import { messageOf } from '../../errors/unknown-error.ts'
import { testAnswerOf } from '../lane-session.ts'
import { type Route, route } from '../route.ts'
import { type TestEnd, testBegin, testEnd } from '../schema/test.ts'
import { testAnswer } from '../schema/views.ts'

const resetTimeoutMs = 60_000

/** Routes that begin and end tests. */
export const testRoutes: readonly Route[] = [
  route({
    id: 'beginTest',
    method: 'POST',
    path: '/v1/tests',
    summary: 'Begins a test: calls and events belong to it until it ends.',
    body: testBegin,
    success: { status: 201, schema: testAnswer },
    handle: async ({ session, signal, body }) => {
      const { lane, tests } = session
      const test = tests.begin(body)
      const { reset: level = 'none', timeoutMs = resetTimeoutMs } = body
      if (level !== 'none')
        try {
          const what = `the reset of lane ${lane.name}`
          await session.act(
            { method: 'lane.reset', args: [{ level }], what, timeoutMs },
            signal,
            (call) => lane.reset(level, call),
          )
        } catch (error) {
          // A test that could not begin is in the record, as failed.
          tests.end(test.id, { status: 'failed', error: messageOf(error) })
          throw error
        }
      return {
        status: 201,
        json: testAnswerOf(test),
        headers: { location: `/v1/tests/${test.id}` },
      }
    },
  }),
  route({
    id: 'endTest',
    method: 'PATCH',
    path: '/v1/tests/{id}',
    summary: 'Ends a test. A second call is a no-op that returns how it ended.',
    body: testEnd,
    success: { status: 200, schema: testEnd },
    handle: async ({ session, params: { id = '' }, body }) => {
      const ended: TestEnd = session.tests.end(id, body)
      return { status: 200, json: ended }
    },
  }),
]
