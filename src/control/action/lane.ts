import { type Route, route } from '../route.ts'
import { reset } from '../schema/test.ts'
import { laneAnswer } from '../schema/views.ts'

const resetTimeoutMs = 60_000

/** Routes about the lane as a whole. */
export const laneRoutes: readonly Route[] = [
  route({
    id: 'getLane',
    method: 'GET',
    path: '/v1/lane',
    summary: 'Returns the lane, its services and the running test.',
    success: { status: 200, schema: laneAnswer },
    handle: async ({ session }) => ({ status: 200, json: session.view() }),
  }),
  route({
    id: 'resetLane',
    method: 'POST',
    path: '/v1/lane/reset',
    summary: 'Restores the declared state: environments, services, data.',
    body: reset,
    bodyOptional: true,
    success: { status: 200, schema: laneAnswer },
    handle: async ({ session, signal, body: { level = 'light', timeoutMs = resetTimeoutMs } }) => {
      const { lane } = session
      const what = `the reset of lane ${lane.name}`
      await session.act(
        { method: 'lane.reset', args: [{ level }], what, timeoutMs },
        signal,
        (call) => lane.reset(level, call),
      )
      return { status: 200, json: session.view() }
    },
  }),
]
