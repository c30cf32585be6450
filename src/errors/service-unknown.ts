import { MesocosmError } from './mesocosm-error.ts'
import { didYouMean } from './nearest.ts'

/**
 * Returns the error `SERVICE_UNKNOWN`.
 *
 * @param known names that could have been meant.
 * @param where.in what was searched, such as `lane lane_1`.
 * @param where.ifNone the remedy if `known` is empty.
 */
export const serviceUnknown = (
  name: string,
  known: readonly string[],
  where: { readonly in?: string; readonly ifNone?: string } = {},
): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_UNKNOWN',
    message: `unknown service "${name}"${where.in === undefined ? '' : ` in ${where.in}`}${didYouMean(name, known)}`,
    remedy:
      known.length === 0
        ? (where.ifNone ?? 'declare a service first')
        : `use one of ${known.join(', ')}`,
    facts: { service: name, services: known },
  })
