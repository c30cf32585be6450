import { plainPatch, secretsInPatch } from '../../model/lane-change.ts'
import { type Asked, type Route, route } from '../route.ts'
import { type EnvQuery, envBody, envQuery, overridesIn } from '../schema/service.ts'
import { serviceAnswer } from '../schema/views.ts'
import { msOf, nameIn } from './services.ts'

type EnvOf = Parameters<typeof overridesIn>[0]

/** Routes that change the environment of a service, and answer when it runs with it. */
export const envRoutes: readonly Route[] = [
  route({
    id: 'patchEnv',
    method: 'PATCH',
    path: '/v1/services/{name}/env',
    summary: 'Sets and unsets variables until the lane is reset; other changes stay.',
    query: envQuery,
    body: envBody,
    success: { status: 200, schema: serviceAnswer },
    handle: (asked) => change(asked, asked.body, false),
  }),
  route({
    id: 'putEnv',
    method: 'PUT',
    path: '/v1/services/{name}/env',
    summary: 'Replaces all changes by these variables: the declared environment with them.',
    query: envQuery,
    body: envBody,
    success: { status: 200, schema: serviceAnswer },
    handle: (asked) => change(asked, asked.body, true),
  }),
  route({
    id: 'deleteEnv',
    method: 'DELETE',
    path: '/v1/services/{name}/env',
    summary: 'Drops all changes: the declared environment.',
    query: envQuery,
    success: { status: 200, schema: serviceAnswer },
    handle: (asked) => change(asked, {}, true),
  }),
]

// ---

const change = async (
  { session, signal, params, query }: Asked<EnvQuery, unknown>,
  body: EnvOf,
  replace: boolean,
) => {
  const { lane, redactor } = session
  const service = nameIn(params)
  const marked = overridesIn(body)
  // Before its arguments are written.
  redactor.add(secretsInPatch(marked))
  const options = { dependents: query.restart === 'dependents' }
  const what = `the change of ${service}'s environment`
  const method = replace ? 'replaceEnv' : 'setEnv'
  await session.act(
    { method, service, args: [marked], what, timeoutMs: msOf(query.timeoutMs) },
    signal,
    async (call) => {
      const patch = plainPatch(marked)
      if (replace) await lane.control.replaceEnv(service, patch, options, call)
      else await lane.control.changeEnv(service, patch, options, call)
    },
  )
  return { status: 200, json: session.service(service) } as const
}
