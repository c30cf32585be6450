import { debugRoutes } from './action/debug.ts'
import { envRoutes } from './action/env.ts'
import { execRoutes } from './action/exec.ts'
import { laneRoutes } from './action/lane.ts'
import { lifeRoutes } from './action/life.ts'
import { logRoutes } from './action/logs.ts'
import { serviceRoutes } from './action/services.ts'
import { testRoutes } from './action/tests.ts'
import { RequestError } from './http/errors.ts'
import { openApiDocument } from './openapi.ts'
import { type Route, route } from './route.ts'

/** All routes of the Control API. */
export const routes: readonly Route[] = [
  ...laneRoutes,
  ...serviceRoutes,
  ...execRoutes,
  ...envRoutes,
  ...lifeRoutes,
  ...debugRoutes,
  ...logRoutes,
  ...testRoutes,
  route({
    id: 'getOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'Returns the description of this API, OpenAPI 3.1.',
    success: { status: 200, as: 'document' },
    handle: async () => ({ status: 200, json: openApiDocument(routes) }),
  }),
]

/** A route that a request is for, with the names in its path. */
export interface Matched {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Returns the route of a method and path. Throws `REQUEST_UNKNOWN`: 404, or 405 with the methods that there are. */
export const matchRoute = (method: string, segments: readonly string[]): Matched => {
  const found = table.flatMap(({ route, pattern }) => {
    const params = paramsOf(pattern, segments)
    return params === undefined ? [] : [{ route, params }]
  })
  // A literal path wins over one with a placeholder.
  const match = found.find(({ route }) => route.method === method)
  if (match !== undefined) return match
  const path = `/${segments.join('/')}`
  if (found.length === 0)
    throw new RequestError(404, {
      code: 'REQUEST_UNKNOWN',
      message: `there is no ${path}`,
      remedy: 'GET /v1/openapi.json lists what there is',
      facts: { path },
    })
  const allow = found.map(({ route }) => route.method).join(', ')
  throw new RequestError(
    405,
    {
      code: 'REQUEST_UNKNOWN',
      message: `${path} cannot be used with ${method}`,
      remedy: `use ${allow}`,
      facts: { path, method },
    },
    { allow },
  )
}

// ---

const table = routes.map((route) => ({ route, pattern: route.path.split('/').slice(1) }))

const paramsOf = (
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined => {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] ?? ''
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined
    } else if (segment === '') return undefined
    else params[part.slice(1, -1)] = segment
  }
  return params
}
