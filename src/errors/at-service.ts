import { type ErrorFacts, MesocosmError } from './mesocosm-error.ts'

/** The same error naming the service it befell, where it does not yet: the engine knows containers and images only. */
export const atService = (
  error: MesocosmError,
  where: ErrorFacts & { readonly service: string },
): MesocosmError =>
  error.facts.service === undefined
    ? new MesocosmError({
        code: error.code,
        message: `${where.service}: ${error.summary}`,
        facts: { ...error.facts, ...where },
        details: error.details,
        lastLogs: error.lastLogs,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        cause: error.cause ?? error,
      })
    : error
