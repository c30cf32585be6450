import { serviceUnknown } from '../errors/service-unknown.ts'

/**
 * Checks that all names are known.
 *
 * @throws {MesocosmError} `SERVICE_UNKNOWN` for the first that is not.
 */
export const assertKnown = (names: readonly string[], known: readonly string[]): void => {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw serviceUnknown(unknown, known, { ifNone: 'start the services first: `mesocosm up`' })
}
