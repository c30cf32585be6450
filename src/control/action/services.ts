import { compileService } from '../../define/compile-service.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Asked, type Route, route } from '../route.ts'
import { addBody } from '../schema/added-service.ts'
import { waitQuery } from '../schema/service.ts'
import { serviceAnswer } from '../schema/views.ts'

/** Routes that show, add and remove services. */
export const serviceRoutes: readonly Route[] = [
  route({
    id: 'getService',
    method: 'GET',
    path: '/v1/services/{name}',
    summary: 'Returns a service.',
    success: { status: 200, schema: serviceAnswer },
    handle: async ({ session, params }) => ({
      status: 200,
      json: session.service(nameIn(params)),
    }),
  }),
  route({
    id: 'addService',
    method: 'POST',
    path: '/v1/services',
    summary: 'Adds a service until it is removed or the lane is reset; answers when it is ready.',
    body: addBody,
    success: { status: 201, schema: serviceAnswer },
    handle: async ({ session, signal, body }) => {
      const { lane, engine } = session
      const { name, timeoutMs, ...definition } = body
      const spec: ServiceSpec = compileService(definition, lane.spec.root)
      await session.act(
        { method: 'lane.add', args: [name], what: `the start of ${name}`, timeoutMs },
        signal,
        (call) => engine.add(lane, name, spec, call),
      )
      const location = `/v1/services/${encodeURIComponent(name)}`
      return { status: 201, json: session.service(name), headers: { location } }
    },
  }),
  route({
    id: 'removeService',
    method: 'DELETE',
    path: '/v1/services/{name}',
    summary: 'Removes an added service. Declared ones can only be stopped.',
    query: waitQuery,
    success: { status: 204 },
    handle: async ({ session, signal, params, query }) => {
      const { lane, engine } = session
      const name = nameIn(params)
      const timeoutMs = msOf(query.timeoutMs)
      await session.act(
        { method: 'lane.remove', args: [name], what: `the removal of ${name}`, timeoutMs },
        signal,
        (call) => engine.remove(lane, name, call),
      )
      return { status: 204 }
    },
  }),
]

/** Returns the service that the path names. */
export const nameIn = (params: Asked<never, never>['params']): string => params.name ?? ''

/** Returns milliseconds of the query as a number. */
export const msOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)
