import { attachLines } from '../../debug/attach-lines.ts'
import { type Route, route } from '../route.ts'
import { debugAnswer, debugBody } from '../schema/debug.ts'
import { waitQuery } from '../schema/service.ts'
import { serviceAnswer } from '../schema/views.ts'
import { msOf, nameIn } from './services.ts'

/** Requests replace each other; calls of handles begin at 1. */
const asker = 'call 0'

/** Routes that let debuggers attach to a service. */
export const debugRoutes: readonly Route[] = [
  route({
    id: 'putDebug',
    method: 'PUT',
    path: '/v1/services/{name}/debug',
    summary:
      'Lets debuggers attach until the lane is reset; with break, answers when one has let the program go on.',
    body: debugBody,
    bodyOptional: true,
    success: { status: 200, schema: debugAnswer },
    handle: async ({ session, signal, params, body }) => {
      const { lane } = session
      const service = nameIn(params)
      const { timeoutMs, port, ...options } = body
      const facts = await session.act(
        { method: 'debug', service, args: [options], what: `debugging ${service}`, timeoutMs },
        signal,
        async (call) => {
          const { isNew: _, ...opened } = await lane.debug.port(service, port, call)
          await lane.control.debug(service, asker, { break: options.break === true }, call)
          return opened
        },
      )
      return { status: 200, json: { ...facts, attach: attachLines(facts.kind, facts.port) } }
    },
  }),
  route({
    id: 'deleteDebug',
    method: 'DELETE',
    path: '/v1/services/{name}/debug',
    summary:
      'Ends debugging: the program is created again as declared if it has another environment.',
    query: waitQuery,
    success: { status: 200, schema: serviceAnswer },
    handle: async ({ session, signal, params, query }) => {
      const service = nameIn(params)
      const what = `the end of debugging ${service}`
      await session.act(
        { method: 'debug.end', service, args: [], what, timeoutMs: msOf(query.timeoutMs) },
        signal,
        (call) => session.lane.control.endDebug(service, asker, call),
      )
      return { status: 200, json: session.service(service) }
    },
  }),
]
