import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'

/**
 * Checks that all names are known.
 *
 * @throws {MesocosmError} `SERVICE_UNKNOWN` for the first that is not.
 */
export const assertKnown = (names: readonly string[], known: readonly string[]): void => {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new MesocosmError({
    code: 'SERVICE_UNKNOWN',
    message: `unknown service "${unknown}"${didYouMean(unknown, known)}`,
    remedy:
      known.length === 0
        ? 'start the services first: `mesocosm up`'
        : `use one of ${known.join(', ')}`,
    facts: { service: unknown, services: known },
  })
}
