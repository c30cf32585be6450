import { MesocosmError } from 'mesocosm'
import type { StubModel } from '../model.ts'

/** Returns the route for a route or operation id. @throws {MesocosmError} `ARGUMENT_INVALID` with those that exist. */
export const findRoute = (name: string, { operations }: StubModel, service: string): string => {
  const found = operations.find(({ route, id }) => route === name || id === name)
  if (found !== undefined) return found.route
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `the document of ${service} has no operation ${JSON.stringify(name)}`,
    details: operations.map(({ route, id }) => (id === undefined ? route : `${route} (${id})`)),
    remedy: 'use one of the operations above',
    facts: { service, operation: name },
  })
}
