import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'

/** @throws {MesocosmError} `SERVICE_UNKNOWN` for the first name that is not among those known. */
export const assertKnown = (names: readonly string[], known: readonly string[]): void => {
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new MesocosmError({
    code: 'SERVICE_UNKNOWN',
    message: `there is no service "${unknown}"${didYouMean(unknown, known)}`,
    remedy:
      known.length === 0
        ? 'start the services first: `mesocosm up`'
        : `use one of ${known.join(', ')}`,
    facts: { service: unknown, services: known },
  })
}
